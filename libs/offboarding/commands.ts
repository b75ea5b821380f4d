import { command } from '../commands/command.js';
import { flag, fromProgram, id, list, orNull, part, text } from '../commands/fields.js';
import type { HandOverItem } from './events.js';

const employee = { about: 'employeeId' } as const;

export class HandOver extends command({
  ...employee,
  says: 'Hands over what somebody has who is going to leave, at most 2,000 things at once. What is under way already is left out.',
  post: 'employees/:employeeId/hand-overs',
  requires: 'organisation.employees.change',
  in: 'form',
  fields: {
    toOwnerId: orNull(id('employee')).describe(
      'Who is to have it; without any receiver, the successor that the off-boarding names.',
    ),
    toPoolId: orNull(id('pool')).describe(
      'The pool, of customers or of leads, into which what is of its kind goes instead.',
    ),
    byRule: flag()
      .default(false)
      .describe('Whether the rules of the assignment desks choose who is to have it instead.'),
    kinds: list(text(50), { most: 20, unique: true })
      .default([])
      .describe('Kinds of things, as the inventory names them; an empty list means all that can be handed over so.'),
    items: list<HandOverItem>(part({ kind: text(50), id: id() }), { most: 450 })
      .default([])
      .describe('These things only, each once; an empty list means all of the kinds.'),
    reason: text(1_000),
  },
}) {}

/** Sent by the process that hands over, as is the next one. */
export class RecordItemHandedOver extends command({
  ...employee,
  says: 'Records that a thing left somebody who is going to leave.',
  fields: {
    item: fromProgram<HandOverItem>(),
    to: fromProgram<{ readonly kind: 'employee' | 'pool'; readonly id: string } | null>(),
  },
}) {}

export class RecordItemKept extends command({
  ...employee,
  says: 'Records that a thing could not be handed over.',
  fields: { item: fromProgram<HandOverItem>(), code: text(100) },
}) {}

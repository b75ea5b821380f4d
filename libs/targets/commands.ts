import { command } from '../commands/command.js';
import { id, money, oneOf, part, pattern, text } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { kpis, PERIOD, targetSubjectKinds } from './events.js';
import { targetIdOf } from './target-id.js';

/** A year, quarter or month of the calendar. */
export const period = () => pattern(PERIOD, 'must be a year 2026, a quarter 2026-Q1 or a month 2026-01');

const target = {
  kpi: oneOf(kpis).describe('The figure that it is for.'),
  subject: part({
    kind: oneOf(targetSubjectKinds),
    id: id().describe('Id of the employee or the unit.'),
  }).describe('Whose target it is.'),
  period: period().describe('A calendar year `2026`, a quarter `2026-Q1` or a month `2026-01`.'),
  value: money().describe('What the figure is to come to, above zero. Each currency has a target of its own.'),
};

export type NewTarget = ValuesOf<typeof target>;

export class SetTarget extends command({
  says: 'Lays down what a figure of an employee or a unit is to come to in a period.',
  post: 'targets',
  requires: 'targets.set',
  about: 'targetId',
  creates: { targetId: targetIdOf },
  in: 'target',
  fields: target,
}) {}

export class ReviseTarget extends command({
  says: 'Has the target come to something else, in the same currency.',
  post: 'targets/:targetId/revise',
  requires: 'targets.set',
  about: 'targetId',
  fields: {
    value: money().describe('Above zero, in the currency of the target.'),
    reason: text(1_000).describe('Shown beside the target: why it is another one.'),
  },
}) {}

export class WithdrawTarget extends command({
  says: 'Takes the target back. It can be set anew.',
  post: 'targets/:targetId/withdraw',
  requires: 'targets.set',
  about: 'targetId',
  fields: { reason: text(1_000) },
}) {}

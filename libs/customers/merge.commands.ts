import { command } from '../commands/command.js';
import { flag, fromProgram, id, oneOf, part, text } from '../commands/fields.js';
import { mergeChoices, tagChoices } from './events.js';
import type { MergeTerms } from './events.js';

const customer = { about: 'customerId' } as const;

const choice = () => oneOf(mergeChoices).optional();

const choices = {
  name: choice(),
  taxId: choice(),
  domain: choice(),
  phone: choice(),
  sector: choice(),
  region: choice(),
  source: choice(),
  establishedIn: choice(),
  employees: choice(),
  annualRevenue: choice(),
};

export class MergeCustomer extends command({
  ...customer,
  says: 'Merges the customer into another one, which stands for both from then on.',
  post: 'customers/:customerId/merge-into',
  requires: 'customers.merge',
  creates: { mergeId: 'merge' },
  fields: {
    mergeId: id('merge'),
    survivorId: id('customer').describe('The customer that stays.'),
    choices: part(choices)
      .default({})
      .describe(
        'Whose value each field has. Without a choice that of the survivor; where it is not known, the other one.',
      ),
    tags: oneOf(tagChoices).default('both').describe('Whose tags the survivor has.'),
    reason: text(1_000),
  },
}) {}

export class UnmergeCustomer extends command({
  ...customer,
  says: 'Takes the merge of the customer back: it is one of its own again, and what followed the merge goes back.',
  post: 'customers/:customerId/unmerge',
  requires: 'customers.merge',
  fields: { reason: text(1_000) },
}) {}

/** Sent when the survivor cannot take the customer. */
export class RevokeMerge extends command({
  ...customer,
  says: 'Takes a merge back that the survivor refused.',
  fields: { mergeId: id('merge'), code: text(100) },
}) {}

/** Sent when another customer was merged into this one. */
export class AbsorbCustomer extends command({
  ...customer,
  says: 'Takes over what a customer that was merged into this one has.',
  fields: { loserId: id('customer'), mergeId: id('merge'), terms: fromProgram<MergeTerms>() },
}) {}

/** Sent when a merge into this customer was taken back. */
export class SeparateCustomer extends command({
  ...customer,
  says: 'Gives back what this customer has of another one that was merged into it.',
  fields: { loserId: id('customer'), mergeId: id('merge') },
}) {}

/** Sent when the parent of the customer was merged, or such a merge was taken back. */
export class MoveSubsidiaryByMerge extends command({
  ...customer,
  says: 'Has a customer follow a merge of the one that it belongs to, or go back when that is taken back.',
  fields: { mergeId: id('merge'), loserId: id('customer'), back: flag() },
}) {}

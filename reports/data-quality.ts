import { fieldsFor, keyFields, unknownFields, weighed } from '../libs/key-fields.js';
import type { KeyField, KeyFieldRules, WeighedField } from '../libs/key-fields.js';
import { rollup } from '../libs/read-models/rollup.js';
import * as column from '../libs/reports/columns.js';
import { byKey, grouped, share } from '../libs/reports/figures.js';
import { fact, report } from '../libs/reports/report.js';
import type { Columns, Sum } from '../libs/reports/report.js';
import type { Tier } from '../libs/tiering.js';
import { customerProfile } from '../projections/customer-profile.js';
import { keyFieldPolicyList } from '../projections/key-field-policy-list.js';

/**
 * Customers by what is not known of them. The cells say nothing of a policy, so that one that is published later is answered for
 * without counting anew, and a former one for a moment at which it was in force.
 */
export const customerGaps = rollup({
  name: 'customer-gaps',
  version: 1,
  of: customerProfile,
  dimensions: ['owner', 'orgUnit', 'manager', 'kind', 'tier', 'region', 'gaps'],
  measures: ['customers'],
  cells: ({ status, owner, kind, tier, details, contacts }) =>
    status === 'archived'
      ? []
      : [
          {
            key: {
              owner: owner?.employeeId ?? null,
              orgUnit: owner?.orgUnitId ?? null,
              manager: owner?.managerId ?? null,
              kind,
              tier,
              region: details.region,
              gaps: unknownFields({ details, contacts }).join(' ') || null,
            },
            measures: { customers: 1 },
          },
        ],
});

/** `contact-email` → `missingContactEmail` */
const columnOf = (field: KeyField): string =>
  `missing-${field}`.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const columns: Columns = {
  customers: column.count('Customers at the moment that is asked about.'),
  completeness: column.share(
    'Mean over these customers of what is known of them: weights of the key fields that are known / weights of those that apply. Customers to which no field applies are complete.',
  ),
  complete: column.count('Customers of which every key field is known that applies to them.'),
  lacking: column.count('Customers of which a required field is not known.'),
  lackingShare: column.share('`lacking` / `customers`.'),
  ...Object.fromEntries(
    keyFields.map((field) => [
      columnOf(field),
      column.count(`Customers to which \`${field}\` applies, and of which it is not known.`),
    ]),
  ),
};

/** The cells with what the policy makes of them. */
function judged(sums: readonly Sum[], policy: KeyFieldRules | undefined) {
  return sums.map(({ key, measures }) => {
    const fields: readonly WeighedField[] = fieldsFor(policy, {
      kind: key['kind'] as 'org' | 'person',
      tier: key['tier'] as Tier,
    });
    const { known, all, missing } = weighed(fields, (key['gaps'] ?? '').split(' '));
    return {
      customers: Number(measures['customers'] ?? 0),
      completeness: all === 0 ? 1 : known / all,
      isLacking: missing.some(({ level }) => level === 'required'),
      missing: missing.map(({ field }) => field),
    };
  });
}

export const dataQuality = report({
  name: 'data-quality',
  version: 1,
  says: 'How much of what must be known of customers is known, by the policy for key fields. Archived customers are left out.',
  summary: 'How much of what must be known of customers is known.',
  rollup: customerGaps,
  bases: {
    held: {
      says: 'Customers, measured by the policy that was in force at the moment that is asked about; without one by tax id, domain, phone, sector, region, source and employees, all of the same weight. The row without an owner holds the customers that have none.',
      window: 'Nothing: what is known is a state. Ask with `asOf` for another moment.',
      by: ['owner'],
      policies: [],
      columns,
    },
  },
  dimensions: {
    owner: 'Owner of the customer.',
    orgUnit: 'Unit of the structure in which the owner sat when it got the customer.',
    manager: 'Manager of the owner at the same moment.',
    kind: 'Whether it is a person or an organisation.',
    tier: 'Tier of the customer at the moment that is asked about.',
    region: 'Region of the customer at the same moment.',
    gaps: 'Names of the fields that are not known, with blanks between them, whether the policy asks for them or not; null where all are.',
  },
  facts: {
    policies: fact({
      of: keyFieldPolicyList,
      at: 'then',
      which: () => ({}),
      as: ({ versions }) => versions.at(-1),
    }),
  },
  asks: ({ by, where }) => [{ by: [...new Set([...by, 'kind', 'tier', 'gaps'])], where }],
  rows: ([sums = []], { by }, known) =>
    grouped(sums, by)
      .sort(byKey(by, known))
      .map(({ key, sums: same }) => {
        const cells = judged(same, known.policies[0]);
        const count = (of: (cell: (typeof cells)[number]) => boolean) =>
          cells.reduce((sum, cell) => sum + (of(cell) ? cell.customers : 0), 0);
        const customers = count(() => true);
        const complete = cells.reduce((sum, { completeness, customers: each }) => sum + completeness * each, 0);
        const lacking = count(({ isLacking }) => isLacking);
        return {
          ...key,
          customers,
          completeness: share(complete, customers),
          complete: count(({ missing }) => missing.length === 0),
          lacking,
          lackingShare: share(lacking, customers),
          ...Object.fromEntries(
            keyFields.map((field) => [columnOf(field), count(({ missing }) => missing.includes(field))]),
          ),
        };
      }),
});

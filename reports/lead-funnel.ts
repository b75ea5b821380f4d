import { rollup } from '../libs/read-models/rollup.js';
import * as column from '../libs/reports/columns.js';
import { byKey, grouped, share, total } from '../libs/reports/figures.js';
import { report } from '../libs/reports/report.js';
import { dayIn } from '../libs/time.js';
import { leadList } from '../projections/lead-list.js';

export const leadCount = rollup({
  name: 'lead-count',
  version: 1,
  of: leadList,
  dimensions: ['channel', 'campaign', 'partner', 'grade', 'owner'],
  measures: ['captured', 'contacted', 'qualified', 'converted', 'duplicates', 'unqualified', 'met', 'breached'],
  cells: (lead, zone) => {
    const { source, grade, ownerId, capturedAt, firstContactAt, qualifiedAt, convertedAt, status, firstResponse } =
      lead;
    return [
      {
        day: dayIn(zone, capturedAt),
        key: { channel: source.channel, campaign: source.campaign, partner: source.partner, grade, owner: ownerId },
        measures: {
          captured: 1,
          contacted: firstContactAt === null ? 0 : 1,
          qualified: qualifiedAt === null ? 0 : 1,
          converted: convertedAt === null ? 0 : 1,
          duplicates: status === 'duplicate' ? 1 : 0,
          unqualified: status === 'unqualified' ? 1 : 0,
          met: firstResponse === 'met' ? 1 : 0,
          breached: firstResponse === 'breached' ? 1 : 0,
        },
      },
    ];
  },
});

export const leadFunnel = report({
  name: 'lead-funnel',
  version: 1,
  says: 'How far leads come: captured, contacted, qualified, converted; and whether they were answered in time.',
  rollup: leadCount,
  bases: {
    captured: {
      says: 'Leads, and what had become of them.',
      window: 'Leads by the day on which they were captured, whatever became of them later.',
      by: ['channel'],
      policies: [],
      columns: {
        captured: column.count('Leads.'),
        contacted: column.count('Those of them that were spoken to.'),
        qualified: column.count('Those of them that were ever worth an offer.'),
        converted: column.count('Those of them that became a customer, or part of one.'),
        contactRate: column.share('`contacted` / `captured`.'),
        qualificationRate: column.share('`qualified` / `captured`.'),
        conversionRate: column.share('`converted` / `captured`.'),
        unqualified: column.count('Those that lead nowhere.'),
        duplicates: column.count('Those that are the same as another one, or as a customer.'),
        met: column.count('Those whose first answer came in time.'),
        breached: column.count('Those whose first answer did not.'),
        responseRate: column.share('`met` / (`met` + `breached`); the others have no time, or it runs.'),
      },
    },
  },
  dimensions: {
    channel: 'Channel that the lead came by.',
    campaign: 'Campaign that it came from.',
    partner: 'Partner that it came from.',
    grade: 'Grade of the lead at the moment that is asked about.',
    owner: 'Employee who answered for it at that moment.',
  },
  periods: 'Day on which the lead was captured.',
  asks: ({ from, to, by, where }) => [{ from, to, by, where }],
  rows: ([sums = []], { by }, known) =>
    grouped(sums, by)
      .sort(byKey(by, known))
      .map(({ key, sums: same }) => {
        const [captured, contacted, qualified, converted, unqualified, duplicates, met, breached] = [
          total(same, 'captured'),
          total(same, 'contacted'),
          total(same, 'qualified'),
          total(same, 'converted'),
          total(same, 'unqualified'),
          total(same, 'duplicates'),
          total(same, 'met'),
          total(same, 'breached'),
        ];
        return {
          ...key,
          captured,
          contacted,
          qualified,
          converted,
          contactRate: share(contacted, captured),
          qualificationRate: share(qualified, captured),
          conversionRate: share(converted, captured),
          unqualified,
          duplicates,
          met,
          breached,
          responseRate: share(met, Number(met) + Number(breached)),
        };
      }),
});

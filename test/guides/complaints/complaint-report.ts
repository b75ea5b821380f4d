import { rollup } from '../../../libs/read-models/rollup.js';
import * as column from '../../../libs/reports/columns.js';
import { byKey, grouped, share, total } from '../../../libs/reports/figures.js';
import { report } from '../../../libs/reports/report.js';
import { dayIn } from '../../../libs/time.js';
import { complaintList } from './complaint-list.js';

export const complaintCount = rollup({
  name: 'complaint-count',
  version: 1,
  of: complaintList,
  dimensions: ['topic'],
  measures: ['complaints', 'settled'],
  cells: ({ topic, receivedAt, settledAt }, zone) => [
    { day: dayIn(zone, receivedAt), key: { topic }, measures: { complaints: 1, settled: settledAt === null ? 0 : 1 } },
  ],
});

export const complaintReport = report({
  name: 'complaints',
  version: 1,
  says: 'How many complaints were received, and how many of them are settled.',
  rollup: complaintCount,
  bases: {
    received: {
      says: 'Complaints.',
      window: 'Complaints by the day on which they were received.',
      by: ['topic'],
      policies: [],
      columns: {
        complaints: column.count('Complaints.'),
        settledShare: column.share('Settled complaints / `complaints`.'),
      },
    },
  },
  dimensions: { topic: 'What the complaint is about.' },
  periods: 'Day on which the complaint was received.',
  asks: ({ from, to, by, where }) => [{ from, to, by, where }],
  rows: ([sums = []], { by }, known) =>
    grouped(sums, by)
      .sort(byKey(by, known))
      .map(({ key, sums: same }) => {
        const complaints = total(same, 'complaints');
        return { ...key, complaints, settledShare: share(total(same, 'settled'), complaints) };
      }),
});

import { rollup } from '../libs/read-models/rollup.js';
import * as column from '../libs/reports/columns.js';
import { byKey, days, grouped, total } from '../libs/reports/figures.js';
import { report } from '../libs/reports/report.js';
import { dayIn, millisecondsBetween } from '../libs/time.js';
import { approvalList } from '../projections/approval-list.js';

/** One cell for each decision on a step, and for each step that time or its submitter ended. */
export const approvalStepTime = rollup({
  name: 'approval-step-time',
  version: 1,
  of: approvalList,
  dimensions: ['approvalFlow', 'step', 'approver', 'outcome', 'subject'],
  measures: ['decisions', 'onBehalf'],
  durations: ['time'],
  cells: ({ flowId, subject, outcomes }, zone) =>
    outcomes.map(({ step, by, onBehalfOf, outcome, since, at }) => ({
      day: dayIn(zone, at),
      key: { approvalFlow: flowId, step, approver: by, outcome, subject: subject.kind },
      measures: { decisions: 1, onBehalf: onBehalfOf === null ? 0 : 1 },
      durations: { time: millisecondsBetween(since, at) },
    })),
});

export const approvalTimes = report({
  name: 'approval-times',
  version: 1,
  says: 'How long the steps of approvals wait for a decision, and how they end.',
  rollup: approvalStepTime,
  bases: {
    decided: {
      says: 'Decisions on steps; one for each approver of a step that takes several.',
      window: 'Decisions by the day on which they were made.',
      by: ['approvalFlow', 'step', 'outcome'],
      policies: [],
      columns: {
        decisions: column.count('Decisions, and steps that ended without one.'),
        onBehalf: column.count('Those of them that another person made in the stead of the approver.'),
        time: column.duration('Time that the step had waited for that approver; it is that of the clock.'),
      },
    },
  },
  dimensions: {
    approvalFlow: 'Flow of the request.',
    step: 'Name of the step.',
    approver: 'Employee who decided, or who took the request back; none where its time had passed.',
    outcome: '`approved`, `rejected`, `returned`, `withdrawn` or `expired`.',
    subject: 'Kind of what is approved.',
  },
  periods: 'Day of the decision.',
  asks: ({ from, to, by, where }) => [{ from, to, by, where }],
  rows: ([sums = []], { by }, known) =>
    grouped(sums, by)
      .sort(byKey(by, known))
      .map(({ key, sums: same }) => ({
        ...key,
        decisions: total(same, 'decisions'),
        onBehalf: total(same, 'onBehalf'),
        time: days(same, 'time'),
      })),
});

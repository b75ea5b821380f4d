import type { Money } from '../libs/money.js';
import { projection } from '../libs/read-models/projection.js';
import type { Recorded } from '../libs/read-models/projection.js';
import type { Kpi, TargetEvents, TargetSubject } from '../libs/targets/events.js';

/** A target as it is now; one that was withdrawn keeps the value it had. */
export interface TargetLine {
  readonly targetId: string;
  readonly kpi: Kpi;
  readonly subject: TargetSubject;
  readonly period: string;
  readonly value: Money;
  readonly status: 'set' | 'withdrawn';
  readonly setAt: string;
  /** How often it was revised since. */
  readonly revisedCount: number;
  /** Why it was last revised, or withdrawn. */
  readonly reason: string | null;
  readonly revision: number;
}

const begun = ({ data, occurredAt, revision }: Recorded<TargetEvents, 'TargetSet'>): TargetLine => ({
  targetId: data.targetId,
  kpi: data.kpi,
  subject: data.subject,
  period: data.period,
  value: data.value,
  status: 'set',
  setAt: occurredAt,
  revisedCount: 0,
  reason: null,
  revision,
});

export const targetList = projection<TargetLine, TargetEvents>({
  name: 'target-list',
  version: 1,
  id: ({ data }) => data.targetId,
  stream: (targetId) => `target-${targetId}`,
  indexes: [['period'], ['subject.id', 'period'], ['kpi', 'subject.kind']],
  starts: { TargetSet: begun },
  on: {
    TargetSet: (_, event) => begun(event),
    TargetRevised: (target, { data: { to, reason }, revision }) => ({
      ...target,
      value: to,
      revisedCount: target.revisedCount + 1,
      reason,
      revision,
    }),
    TargetWithdrawn: (target, { data: { reason }, revision }) => ({ ...target, status: 'withdrawn', reason, revision }),
  },
});

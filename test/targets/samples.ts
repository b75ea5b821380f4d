import type { EventOf } from '../../libs/event-store/event-store.js';
import type { NewTarget } from '../../libs/targets/commands.js';
import type { TargetEvents } from '../../libs/targets/events.js';
import { targetIdOf } from '../../libs/targets/target-id.js';

export type TargetEvent = EventOf<TargetEvents>;

export const seller = { kind: 'employee', id: '0190f5a0-0000-7000-8000-000000000001' } as const;
export const euros = (amount: number) => ({ amount, currency: 'EUR' });

export const aTarget = (change: Partial<NewTarget> = {}): NewTarget => ({
  kpi: 'won-amount',
  subject: seller,
  period: '2026-Q1',
  value: euros(100_00),
  ...change,
});

export const targetId = targetIdOf(aTarget());

export const set = (amount = 100_00): TargetEvent => ({
  type: 'TargetSet',
  data: { targetId, ...aTarget({ value: euros(amount) }) },
});

export const revised = (from: number, to: number): TargetEvent => ({
  type: 'TargetRevised',
  data: { targetId, subject: seller, from: euros(from), to: euros(to), reason: 'a better market' },
});

export const withdrawn: TargetEvent = {
  type: 'TargetWithdrawn',
  data: { targetId, subject: seller, reason: 'on leave' },
};

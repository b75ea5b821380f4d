import { Missing, Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import type { Money } from '../money.js';
import type { ReviseTarget, SetTarget, WithdrawTarget } from './commands.js';
import { PERIOD } from './events.js';
import type { TargetEvents, TargetSubject } from './events.js';

type Event = EventOf<TargetEvents>;

interface KnownTarget {
  readonly status: 'set' | 'withdrawn';
  readonly subject: TargetSubject;
  readonly value: Money;
}

export type Target = { readonly status: 'unknown' } | KnownTarget;

export const target = decider<Target, TargetEvents>({
  category: 'target',
  initial: { status: 'unknown' },
  evolve: {
    TargetSet: (_, { subject, value }) => ({ status: 'set', subject, value }),
    TargetRevised: (state, { to }) => changed(state, { value: to }),
    TargetWithdrawn: (state) => changed(state, { status: 'withdrawn' }),
  },
});

const changed = (state: Target, change: Partial<KnownTarget>): Target =>
  state.status === 'unknown' ? state : { ...state, ...change };

/**
 * Setting the same target again changes nothing; one that was withdrawn can be set anew. People who left and units that
 * closed can have targets too, for the time they were there.
 * @param facts whether there is, or was, such an employee or unit
 */
export function setTarget(
  state: Target,
  { targetId, target: { kpi, subject, period, value } }: SetTarget,
  _now: string,
  facts: { readonly subject: boolean },
): Event[] {
  if (!PERIOD.test(period)) {
    throw new Refusal('period-invalid', 'A period is a year 2026, a quarter 2026-Q1 or a month 2026-01.', {
      field: 'period',
    });
  }
  checkPositive(value);
  if (!facts.subject) throw new Missing(subject.kind === 'employee' ? 'employee' : 'org-unit', subject.id);
  if (state.status === 'set' && state.value.amount === value.amount) return [];
  if (state.status === 'set') {
    throw new Refusal('target-exists', 'This target is set to another value: revise it.', { targetId }, 409);
  }
  return [{ type: 'TargetSet', data: { targetId, kpi, subject, period, value } }];
}

/** Revising it to what it is changes nothing. */
export function reviseTarget(state: Target, { targetId, value: to, reason }: ReviseTarget): Event[] {
  const { subject, value: from } = inForce(state, targetId);
  checkPositive(to);
  if (to.currency !== from.currency) {
    throw new Refusal('target-currency-fixed', `This target is in ${from.currency}: set one in ${to.currency}.`, {
      field: 'value.currency',
    });
  }
  if (to.amount === from.amount) return [];
  return [{ type: 'TargetRevised', data: { targetId, subject, from, to, reason } }];
}

export function withdrawTarget(state: Target, { targetId, reason }: WithdrawTarget): Event[] {
  const { subject } = inForce(state, targetId);
  return [{ type: 'TargetWithdrawn', data: { targetId, subject, reason } }];
}

/** Nothing can be measured against a target of nothing. */
function checkPositive({ amount }: Money): void {
  if (amount > 0) return;
  throw new Refusal('target-not-positive', 'A target has an amount above zero.', { field: 'value.amount' });
}

/** @throws Missing · Refusal `target-withdrawn` */
function inForce(state: Target, targetId: string): KnownTarget {
  if (state.status === 'unknown') throw new Missing('target', targetId);
  if (state.status === 'withdrawn') throw new Refusal('target-withdrawn', 'The target was withdrawn; set it anew.');
  return state;
}

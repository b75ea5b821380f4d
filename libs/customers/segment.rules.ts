import type { EventOf } from '../event-store/event-store.js';
import { isInSegment, nextDay, segmentInputs } from '../segmenting.js';
import type { Segment, Segmented } from '../segmenting.js';
import { dayNumber } from '../tiering.js';
import { addDays } from '../time.js';
import type { FollowCustomerSegments } from './commands.js';
import type { Customer, KnownCustomer } from './customer.decider.js';
import type { CustomerEvents, SegmentLeaving } from './events.js';

type Event = EventOf<CustomerEvents>;

export interface SegmentFacts {
  /** Those in force. */
  readonly segments: readonly Segment[];
}

const known = (value: string | null | undefined): readonly string[] => (value ? [value] : []);

/** What conditions of segments look at. */
export function segmentedOf(customer: KnownCustomer): Segmented {
  const { kind, status, standing, details, tags, owner, poolId, dealings, registeredAt, heldSince } = customer;
  return {
    words: {
      kind: [kind],
      status: [status],
      tier: [standing.tier],
      region: known(details.region),
      sector: known(details.sector),
      source: known(details.source),
      owner: known(owner?.employeeId),
      pool: known(poolId),
      tag: tags,
      channel: Object.keys(dealings.channels),
    },
    employees: details.employees,
    establishedIn: details.establishedIn,
    registeredAt,
    heldSince,
    purchases: standing.purchases,
    interactions: standing.interactions,
  };
}

/**
 * Has a customer enter the segments whose conditions hold, and leave the others, as of when that was learnt: history is not rewritten by
 * what is learnt late. Nothing where nothing changes.
 */
export function followSegments(
  state: Customer,
  { customerId, learntAt }: FollowCustomerSegments,
  now: string,
  { segments }: SegmentFacts,
): Event[] {
  if (state.status === 'unknown') return [];
  const { stays, reviewAt, decidedAt } = state.segmentation;
  // A clock that looks late decides about the moment it was to look at: nothing was learnt since, or there is another plan.
  const wanted = learntAt ?? (reviewAt !== null && reviewAt < now ? reviewAt : now);
  const at = decidedAt !== null && decidedAt > wanted ? decidedAt : wanted;
  const today = dayNumber(at);
  const isGone = state.status === 'archived' || state.status === 'merged';
  const customer = segmentedOf(state);
  const events: Event[] = [];
  const stay = (segmentId: string, version: number, number: number) => ({
    customerId,
    segmentId,
    version,
    stay: number,
  });
  for (const [segmentId, { number, version, isIn }] of stays) {
    if (!isIn) continue;
    const segment = segments.find((each) => each.segmentId === segmentId);
    if (!isGone && segment && isInSegment(segment, customer, today)) continue;
    const because: SegmentLeaving = isGone ? 'customer-gone' : segment ? 'conditions' : 'segment-retired';
    const inputs = because === 'conditions' ? segmentInputs(segment!, customer, today) : [];
    const data = { ...stay(segmentId, segment?.version ?? version, number), because, inputs };
    events.push({ type: 'SegmentMemberLeft', data, occurredAt: at });
  }
  for (const segment of isGone ? [] : segments) {
    const before = stays.get(segment.segmentId);
    if (before?.isIn || !isInSegment(segment, customer, today)) continue;
    const inputs = segmentInputs(segment, customer, today);
    const data = { ...stay(segment.segmentId, segment.version, (before?.number ?? 0) + 1), inputs };
    events.push({ type: 'SegmentMemberEntered', data, occurredAt: at });
  }
  if (isGone) return events;
  const next = reviewOf(segments, customer, today);
  // A plan that was overtaken is made anew when its time has come, so most facts need no other one.
  const isLate = next !== null && (reviewAt === null || next < reviewAt);
  const isPast = reviewAt !== null && reviewAt <= at;
  if (isLate || isPast) {
    events.push({ type: 'SegmentReviewPlanned', data: { customerId, reviewAt: next }, occurredAt: at });
  }
  return events;
}

function reviewOf(segments: readonly Segment[], customer: Segmented, today: number): string | null {
  const days = segments.flatMap((segment) => nextDay(segment, customer, today) ?? []);
  const first = days.reduce<number | null>((least, day) => (least === null || day < least ? day : least), null);
  return first === null ? null : addDays('1970-01-01T00:00:00.000Z', first);
}

import type { EventOf } from '../event-store/event-store.js';
import { isInSegment, nextDay, segmentInputs } from '../segmenting.js';
import type { Segment, Segmented } from '../segmenting.js';
import { dayNumber } from '../tiering.js';
import { addDays } from '../time.js';
import type { FollowCustomerSegments } from './commands.js';
import { stayed } from './customer.decider.js';
import type { Customer, KnownCustomer, Segmentation } from './customer.decider.js';
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
 * what is learnt late. A clock that looks late decides about each moment at which it was to look, one after the other: nothing was learnt
 * since, or there is another plan. Nothing where nothing changes.
 */
export function followSegments(
  state: Customer,
  { customerId, learntAt }: FollowCustomerSegments,
  now: string,
  { segments }: SegmentFacts,
): Event[] {
  if (state.status === 'unknown') return [];
  const { reviewAt: before, decidedAt } = state.segmentation;
  const isGone = state.status === 'archived' || state.status === 'merged';
  const customer = isGone ? null : segmentedOf(state);
  const due = before !== null && before < now ? before : now;
  const wanted = learntAt ?? due;
  const events: Event[] = [];
  let { stays } = state.segmentation;
  let at = decidedAt !== null && decidedAt > wanted ? decidedAt : wanted;
  for (;;) {
    const moves = movesAt({ customerId, customer, segments, stays }, at);
    events.push(...moves);
    stays = moves.reduce(
      (left, move) => stayed(move.data, move.type === 'SegmentMemberEntered')({ stays: left }).stays,
      stays,
    );
    const next = customer && reviewOf(segments, customer, dayNumber(at));
    const isDue = learntAt === null && next !== null && next <= now;
    if (!isDue) {
      // A plan that was overtaken is made anew when its time has come, so most facts need no other one.
      const isLate = next !== null && (before === null || next < before);
      const isPast = before !== null && before <= at;
      if (customer && (isLate || isPast)) {
        events.push({ type: 'SegmentReviewPlanned', data: { customerId, reviewAt: next }, occurredAt: at });
      }
      return events;
    }
    at = next;
  }
}

type Move = Extract<Event, { type: 'SegmentMemberEntered' | 'SegmentMemberLeft' }>;

/** @param customer null for one that is put away or merged */
function movesAt(
  {
    customerId,
    customer,
    segments,
    stays,
  }: {
    readonly customerId: string;
    readonly customer: Segmented | null;
    readonly segments: readonly Segment[];
    readonly stays: Segmentation['stays'];
  },
  at: string,
): Move[] {
  const today = dayNumber(at);
  const moves: Move[] = [];
  const stay = (segmentId: string, version: number, number: number) => ({
    customerId,
    segmentId,
    version,
    stay: number,
  });
  for (const [segmentId, { number, version, isIn }] of stays) {
    if (!isIn) continue;
    const segment = segments.find((each) => each.segmentId === segmentId);
    if (customer && segment && isInSegment(segment, customer, today)) continue;
    const because: SegmentLeaving = customer ? (segment ? 'conditions' : 'segment-retired') : 'customer-gone';
    const inputs = customer && segment ? segmentInputs(segment, customer, today) : [];
    const data = { ...stay(segmentId, segment?.version ?? version, number), because, inputs };
    moves.push({ type: 'SegmentMemberLeft', data, occurredAt: at });
  }
  for (const segment of customer ? segments : []) {
    const before = stays.get(segment.segmentId);
    if (before?.isIn || !isInSegment(segment, customer!, today)) continue;
    const inputs = segmentInputs(segment, customer!, today);
    const data = { ...stay(segment.segmentId, segment.version, (before?.number ?? 0) + 1), inputs };
    moves.push({ type: 'SegmentMemberEntered', data, occurredAt: at });
  }
  return moves;
}

function reviewOf(segments: readonly Segment[], customer: Segmented, today: number): string | null {
  const days = segments.flatMap((segment) => nextDay(segment, customer, today) ?? []);
  const first = days.reduce<number | null>((least, day) => (least === null || day < least ? day : least), null);
  return first === null ? null : addDays('1970-01-01T00:00:00.000Z', first);
}

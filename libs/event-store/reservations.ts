import { evolve } from './decider.js';
import type { Decider, Reservation, ReservationEvents, StateReader, Taking } from './decider.js';
import type { EventOf } from './event-store.js';

/**
 * For how many seconds a reservation is left alone although its holder does not have it: where the log cannot append to
 * several streams at once, a decision on another machine may be between its reservation and its own events.
 */
export const RESERVED_SECONDS = 60;

/** Whether a reservation of this time may be taken over from a holder that does not have it. */
export const isStale = (reservedAt: string, now: string): boolean =>
  Date.parse(now) - Date.parse(reservedAt) > RESERVED_SECONDS * 1_000;

/** Streams that are read at once to see whether they have what they reserved. */
const AT_ONCE = 50;

/**
 * Which of these reservations can be taken over. Their streams are read some at a time: on a log that is a server, one after
 * the other would take a way there and back for each.
 * @param reserved ids of the streams, with when they reserved
 */
export async function staleAmong(
  reserved: Iterable<readonly [id: string, at: string]>,
  { now, holds }: Pick<Taking, 'now' | 'holds'>,
): Promise<string[]> {
  const old = [...reserved].filter(([, at]) => isStale(at, now));
  const stale: string[] = [];
  for (let from = 0; from < old.length; from += AT_ONCE) {
    const some = old.slice(from, from + AT_ONCE);
    const held = await Promise.all(some.map(([id]) => holds(id)));
    stale.push(...some.filter((_, index) => !held[index]).map(([id]) => id));
  }
  return stale;
}

/** Declares a reservation: the stream that holds it, and the rules by which it is taken and given back. */
export function reservation<State, Events>(
  of: Decider<State, Events>,
  id: string,
  rules: {
    take(state: State, asked: Taking): Promise<readonly EventOf<Events>[]>;
    free(state: State): readonly EventOf<Events>[];
  },
): Reservation {
  const decided = async (
    reader: StateReader,
    rule: (state: State) => readonly EventOf<Events>[] | Promise<readonly EventOf<Events>[]>,
  ): Promise<ReservationEvents> => {
    const { state, revision } = await reader.load(of, id);
    return {
      revision,
      events: await rule(state),
      fold: (events) => events.reduce<State>((before, event) => evolve(of, before, event), state),
    };
  };
  return {
    stream: `${of.category}-${id}`,
    take: (asked) => decided(asked, (state) => rules.take(state, asked)),
    free: (reader) => decided(reader, (state) => rules.free(state)),
  };
}

/** A reservation that is taken or given back, with what that adds to its stream. */
export interface ReservationChange extends ReservationEvents {
  readonly reservation: Reservation;
}

/** What a stream in this state reserves, by the stream that holds it. */
export const reservationsOf = <State, Events>(
  of: Decider<State, Events>,
  state: State,
  id: string,
): ReadonlyMap<string, Reservation> => new Map((of.reserves?.(state, id) ?? []).map((each) => [each.stream, each]));

/** How what a stream reserves differs between two of its states; `held` names the streams that hold what the later one has. */
export function reservationsChanged<State, Events>(
  of: Decider<State, Events>,
  id: string,
  before: State,
  after: State,
) {
  const had = reservationsOf(of, before, id);
  const wanted = reservationsOf(of, after, id);
  return {
    taking: [...wanted.values()].filter(({ stream }) => !had.has(stream)),
    freeing: [...had.values()].filter(({ stream }) => !wanted.has(stream)),
    held: [...wanted.keys()],
  };
}

/** Takes these for streams of the kind `of`. @throws Refusal of the first of which nothing is left */
export async function takeAll<State, Events>(
  of: Decider<State, Events>,
  reservations: readonly Reservation[],
  reader: StateReader,
  now: string,
): Promise<ReservationChange[]> {
  const changes: ReservationChange[] = [];
  for (const each of reservations) {
    const asked: Taking = {
      now,
      load: (other, id) => reader.load(other, id),
      holds: async (id) => reservationsOf(of, (await reader.load(of, id)).state, id).has(each.stream),
    };
    changes.push({ reservation: each, ...(await each.take(asked)) });
  }
  return changes;
}

export async function freeAll(reservations: readonly Reservation[], reader: StateReader): Promise<ReservationChange[]> {
  const changes: ReservationChange[] = [];
  for (const each of reservations) changes.push({ reservation: each, ...(await each.free(reader)) });
  return changes;
}

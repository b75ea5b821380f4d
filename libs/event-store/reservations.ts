import { evolve } from './decider.js';
import type { Decider, Reservation, ReservationEvents, StateReader, Taking } from './decider.js';
import type { EventOf } from './event-store.js';

/**
 * Seconds for which a reservation is respected although its holder does not use it. If the log cannot append to several streams
 * at once, a decision on another machine may be between its reservation and its own events.
 */
export const RESERVED_SECONDS = 60;

/** Whether a reservation that its holder does not use is old enough to be taken over. */
export const isStale = (reservedAt: string, now: string): boolean =>
  Date.parse(now) - Date.parse(reservedAt) > RESERVED_SECONDS * 1_000;

/** Maximum number of parallel reads of holders. */
const AT_ONCE = 50;

/**
 * The reservations that can be taken over. Reads their streams in parallel, since on a server each read is a round trip.
 * @param reserved ids of the holders, with the time of their reservation
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

/** Declares a reservation: its stream, and the rules that take it and give it back. */
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

/** A reservation that is taken or given back, with the events for its stream. */
export interface ReservationChange extends ReservationEvents {
  readonly reservation: Reservation;
}

/** Reservations of a stream in this state, by the name of the reservation's stream. */
export const reservationsOf = <State, Events>(
  of: Decider<State, Events>,
  state: State,
  id: string,
): ReadonlyMap<string, Reservation> => new Map((of.reserves?.(state, id) ?? []).map((each) => [each.stream, each]));

/** Difference between the reservations of two states of a stream; `held` names the reservation streams of the later state. */
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

/** Takes reservations for streams of the kind `of`. @throws Refusal of the first one that is used up */
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

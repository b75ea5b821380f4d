import type { EventOf } from './event-store.js';

/** A folded stream. `revision` is -1 when there is no stream. */
export interface Folded<State> {
  readonly state: State;
  readonly revision: number;
  readonly position: number;
  /** Bytes of the events it is folded from, about. */
  readonly bytes?: number;
  /** It has been added to since: by a command of this process, whose events are to be read. */
  readonly outdated?: true;
}

/** Loads the states that a rule is told of as facts. */
export interface StateReader {
  load<State, Events>(of: Decider<State, Events>, id: string): Promise<Folded<State>>;
}

/**
 * Something of which there is only so much, held on a stream of its own: a value that one stream alone may have, a place among
 * a limited number. It is taken and given back in one append with the decision that needs it, where the log can do that.
 */
export interface Reservation {
  /** The stream that says which streams hold it. */
  readonly stream: string;
  /** @throws Refusal when nothing is left */
  take(asked: Taking): Promise<ReservationEvents>;
  free(reader: StateReader): Promise<ReservationEvents>;
}

/** What the rule that takes a reservation may ask. */
export interface Taking extends StateReader {
  /** The time of the clock, for imports too. */
  readonly now: string;
  /** Whether the stream of this id and of the kind that asks has what it reserved; a crash may leave more reserved. */
  holds(id: string): Promise<boolean>;
}

/** What taking or giving back adds to the stream of a reservation, at the revision it was read at; possibly nothing. */
export interface ReservationEvents {
  readonly revision: number;
  readonly events: readonly { readonly type: string; readonly data: unknown }[];
  /** The state of the stream after these, once they are written. */
  fold(events: readonly { readonly type: string; readonly data: unknown; readonly occurredAt: string }[]): unknown;
}

/** How the state of one kind of stream is rebuilt from its events. Pure. */
export interface Decider<State, Events> {
  /** Streams are called `<category>-<id>`. */
  readonly category: string;
  readonly initial: State;
  readonly evolve: {
    /** `at` is the business time of the event. */
    readonly [Type in keyof Events & string]: (state: State, data: Readonly<Events[Type]>, at: string) => State;
  };
  /**
   * What a stream in this state holds of things there is only so much of. What a decision changes in this is taken and given
   * back.
   */
  readonly reserves?: (state: State, id: string) => readonly Reservation[];
}

export function decider<State, Events>(definition: Decider<State, Events>): Decider<State, Events> {
  return definition;
}

/** A state with the event applied to it. @throws when no handler knows the type: a newer program wrote the log. */
export function evolve<State, Events>(
  of: Decider<State, Events>,
  state: State,
  event: { readonly type: string; readonly data: unknown; readonly occurredAt: string },
): State {
  const handler = of.evolve[event.type as keyof Events & string];
  if (!handler) throw new Error(`${of.category} streams know no event ${event.type}`);
  return handler(state, event.data as never, event.occurredAt);
}

/** Replays events onto the initial state; events without a business time get `at`. */
export function replay<State, Events>(
  of: Decider<State, Events>,
  events: readonly EventOf<Events>[],
  at = '1970-01-01T00:00:00.000Z',
): State {
  return events.reduce<State>((state, event) => evolve(of, state, { occurredAt: at, ...event }), of.initial);
}

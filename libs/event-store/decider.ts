import type { EventOf } from './event-store.js';

/** A folded stream. `revision` is -1 when there is no stream. */
export interface Folded<State> {
  readonly state: State;
  readonly revision: number;
  readonly position: number;
  /** Estimated bytes of the events it is folded from. */
  readonly bytes?: number;
  /** A command of this process has added events since; they have to be read first. */
  readonly outdated?: true;
}

/** Loads states of other streams, as facts for a rule. */
export interface StateReader {
  load<State, Events>(of: Decider<State, Events>, id: string): Promise<Folded<State>>;
}

/**
 * A reservation of something limited, held on a stream of its own: a unique value, or a place among a limited number. It is
 * taken and given back in one append with the decision that needs it, if the log can append to several streams at once.
 */
export interface Reservation {
  /** Stream that records which streams hold the reservation. */
  readonly stream: string;
  /** @throws Refusal when nothing is left */
  take(asked: Taking): Promise<ReservationEvents>;
  free(reader: StateReader): Promise<ReservationEvents>;
}

/** What the rule that takes a reservation may read. */
export interface Taking extends StateReader {
  /** The current time, also during an import. */
  readonly now: string;
  /** Whether the stream with this id still uses its reservation; after a crash one may be left over. */
  holds(id: string): Promise<boolean>;
}

/** Events that taking or giving back adds to the stream of a reservation, and the revision it was read at. May be empty. */
export interface ReservationEvents {
  readonly revision: number;
  readonly events: readonly { readonly type: string; readonly data: unknown }[];
  /** The state of the stream after these events. */
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
  /** Reservations of a stream in this state. A decision takes and gives back the difference between its states. */
  readonly reserves?: (state: State, id: string) => readonly Reservation[];
}

export function decider<State, Events>(definition: Decider<State, Events>): Decider<State, Events> {
  return definition;
}

/** Applies an event to a state. @throws for an unknown type: a newer program wrote the log */
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

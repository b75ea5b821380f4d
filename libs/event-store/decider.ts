import type { EventOf } from './event-store.js';

/** How the state of one kind of stream is rebuilt from its events. Pure. */
export interface Decider<State, Events> {
  /** Streams are called `<category>-<id>`. */
  readonly category: string;
  readonly initial: State;
  readonly evolve: {
    /** `at` is the business time of the event. */
    readonly [Type in keyof Events & string]: (state: State, data: Readonly<Events[Type]>, at: string) => State;
  };
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

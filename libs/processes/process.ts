import type { RecordedEvent } from '../event-store/event-store.js';

/** A command that follows from an event; its rule is given the event's time as its `now`. */
export interface Reaction {
  /** An instance of a command class. */
  readonly command: object;
  /** What is asked for instead when a rule refuses the command. */
  readonly otherwise?: object;
}

/**
 * What follows from an event elsewhere. Pure: no clock, no look-up, so that reacting twice asks for the same twice. What a
 * process must remember lies in a stream; what it must not do twice is told by ids it derives from the event's.
 */
export interface Process {
  readonly name: string;
  /** Raise it when the same event leads to other commands: their ids carry it, and so do the events they lead to. */
  readonly version: number;
  readonly types: readonly string[];
  react(event: RecordedEvent): readonly Reaction[];
}

type Reactions<Events> = {
  readonly [Type in keyof Events & string]?: (event: RecordedEvent<Type, Events[Type]>) => readonly Reaction[];
};

export function process<Events>(definition: {
  readonly name: string;
  readonly version: number;
  readonly on: Reactions<Events>;
}): Process {
  const { name, version, on } = definition;
  const reactions = new Map(Object.entries(on)) as Map<string, (event: RecordedEvent) => readonly Reaction[]>;
  return { name, version, types: [...reactions.keys()], react: (event) => reactions.get(event.type)?.(event) ?? [] };
}

import type { Refusal } from '../errors.js';
import type { StateReader } from '../event-store/decider.js';
import type { RecordedEvent } from '../event-store/event-store.js';

/** A command that follows from an event; its rule is given the event's time as its `now`. */
export interface Reaction {
  /** An instance of a command class. */
  readonly command: object;
  /**
   * What is asked for instead when a rule refuses the command, and so on: any number of steps, about any streams. The refusal is
   * remembered before, so that a program that ends in between goes on with what was asked for instead.
   * @returns null where nothing is to be done instead
   */
  readonly otherwise?: (refusal: Refusal) => Reaction | null;
}

/**
 * Where something that is new on a log begins: with the first event, or behind the events there are when it is first run on this
 * log. On an empty log both are the same.
 */
export type Beginning = 'beginning' | 'installation';

/**
 * What follows from an event elsewhere. Pure: no clock, no look-up, so that reacting twice asks for the same twice. What a
 * process must remember lies in a stream; what it must not do twice is told by ids it derives from the event's.
 */
export interface Process {
  readonly name: string;
  /** Raise it when the same event leads to other commands: their ids carry it, and so do the events they lead to. */
  readonly version: number;
  readonly from: Beginning;
  readonly types: readonly string[];
  /**
   * Whether anything can follow: nothing does where no rule was laid down. That only saves work, for the commands would change nothing;
   * once a rule is laid down, a sweep looks at everything.
   */
  readonly awake?: (streams: StateReader) => Promise<boolean>;
  react(event: RecordedEvent): readonly Reaction[];
}

type Reactions<Events> = {
  readonly [Type in keyof Events & string]?: (event: RecordedEvent<Type, Events[Type]>) => readonly Reaction[];
};

export function process<Events>(definition: {
  readonly name: string;
  readonly version: number;
  readonly from: Beginning;
  readonly awake?: Process['awake'];
  readonly on: Reactions<Events>;
}): Process {
  const { name, version, from, awake, on } = definition;
  const reactions = new Map(Object.entries(on)) as Map<string, (event: RecordedEvent) => readonly Reaction[]>;
  return {
    name,
    version,
    from,
    types: [...reactions.keys()],
    ...(awake && { awake }),
    react: (event) => reactions.get(event.type)?.(event) ?? [],
  };
}

/**
 * When a fact became known, by the clock that its story has: what the program itself records is known at its business time, everything
 * else when it is recorded. So history that is imported, or reported late, decides about now.
 */
export const learntAt = ({ occurredAt, recordedAt, metadata }: RecordedEvent): string =>
  metadata.source === 'system' ? occurredAt : recordedAt;

import { Inject } from '@nestjs/common';
import type { Provider } from '@nestjs/common';
import { Command, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { Decider, StateReader } from './decider.js';
import { envelope } from './envelope.js';
import type { Envelope } from './envelope.js';
import type { EventOf } from './event-store.js';
import { Streams } from './streams.js';
import type { Decided } from './streams.js';

/** What a facts function may look at. `state` is the state of the stream the rule runs on. */
export interface Question<C, State> {
  readonly command: C;
  readonly state: State;
  /** What is read through this is still true when the events of the rule are recorded. */
  readonly streams: StateReader;
  readonly envelope: Envelope;
  /** What the rule is given as its `now`. */
  readonly now: string;
}

/** The class of a command, which says what it is about, and on which stream where that is another one. */
interface Decidable<C> {
  new (...args: never[]): C;
  readonly definition: { readonly about: string; readonly stream?: string };
}

/**
 * Makes the Nest handler that runs one rule on the stream a command is about.
 * @param facts what the rule must know of other streams, looked up anew for every attempt
 */
export function handle<C extends Command<Decided>, State, Events, Facts = undefined>(
  command: Decidable<C>,
  of: Decider<State, Events>,
  rule: (state: State, command: C, now: string, facts: Facts) => readonly EventOf<Events>[],
  ...[facts]: Facts extends undefined ? [] : [(question: Question<C, State>) => Promise<Facts>]
): Provider {
  const { about, stream } = command.definition;
  class RuleHandler implements ICommandHandler<Command<Decided>> {
    constructor(@Inject(Streams) private readonly streams: Streams) {}

    execute(given: Command<Decided>): Promise<Decided> {
      const asked = given as C;
      return this.streams.decide(
        of,
        stream ?? String(asked[about as keyof C]),
        facts
          ? async (state, now, streams) =>
              rule(state, asked, now, await facts({ command: asked, state, streams, envelope: envelope(), now }))
          : (state, now) => rule(state, asked, now, undefined as Facts),
        asked,
      );
    }
  }
  CommandHandler(command)(RuleHandler);
  return RuleHandler;
}

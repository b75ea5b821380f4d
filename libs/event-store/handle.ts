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

/** Input of a facts function. `state` is the state of the rule's own stream. */
export interface Question<C, State> {
  readonly command: C;
  readonly state: State;
  /** Reads states that are still true when the rule's events are recorded. */
  readonly streams: StateReader;
  readonly envelope: Envelope;
  /** The `now` of the rule. */
  readonly now: string;
}

/** Class of a command that declares its subject and, if that differs, its stream. */
interface Decidable<C> {
  new (...args: never[]): C;
  readonly definition: { readonly about: string; readonly stream?: string };
}

/**
 * Makes the Nest handler that runs a rule on the stream of a command.
 * @param facts reads facts from other streams, again for each attempt
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

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

/** What a rule needs besides the events of its stream. */
export interface Needs<C, State, Facts, Service> {
  /** Reads facts from other streams, and from the service; again for each attempt. */
  readonly facts: (question: Question<C, State>, service: Service) => Promise<Facts>;
  /** Class of the service that facts are read through: for what streams do not tell. */
  readonly from: abstract new (...args: never[]) => Service;
  /** Names for which decisions take turns besides that of the stream, where one process has the log alone. */
  readonly alone?: (command: C) => readonly string[];
}

/** Class of a command that declares its subject and, if that differs, its stream. */
interface Decidable<C> {
  new (...args: never[]): C;
  readonly definition: { readonly about: string; readonly stream?: string };
}

/**
 * Makes the Nest handler that runs a rule on the stream of a command.
 * @param needs reads facts from other streams, again for each attempt; or says through which service they are read
 */
export function handle<C extends Command<Decided>, State, Events, Facts = undefined, Service = unknown>(
  command: Decidable<C>,
  of: Decider<State, Events>,
  rule: (state: State, command: C, now: string, facts: Facts) => readonly EventOf<Events>[],
  ...[needs]: Facts extends undefined
    ? []
    : [((question: Question<C, State>) => Promise<Facts>) | Needs<C, State, Facts, Service>]
): Provider {
  const { about, stream } = command.definition;
  const { facts, from, alone }: Partial<Needs<C, State, Facts, Service>> =
    typeof needs === 'object' ? needs : needs ? { facts: needs } : {};
  class RuleHandler implements ICommandHandler<Command<Decided>> {
    constructor(
      @Inject(Streams) private readonly streams: Streams,
      @Inject(from ?? Streams) private readonly service: unknown,
    ) {}

    execute(given: Command<Decided>): Promise<Decided> {
      const asked = given as C;
      return this.streams.decide(
        of,
        stream ?? String(asked[about as keyof C]),
        facts
          ? async (state, now, streams) =>
              rule(
                state,
                asked,
                now,
                await facts({ command: asked, state, streams, envelope: envelope(), now }, this.service as Service),
              )
          : (state, now) => rule(state, asked, now, undefined as Facts),
        asked,
        alone?.(asked),
      );
    }
  }
  CommandHandler(command)(RuleHandler);
  return RuleHandler;
}

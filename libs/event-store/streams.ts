import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Provider } from '@nestjs/common';
import { Command, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { LRUCache } from 'lru-cache';
import { Clock } from '../clock.js';
import { Refusal, RevisionConflict } from '../errors.js';
import { idFrom, newId } from '../ids.js';
import { evolve } from './decider.js';
import type { Decider } from './decider.js';
import { envelope } from './envelope.js';
import type { Envelope } from './envelope.js';
import { EventStore, WrongExpectedRevision } from './event-store.js';
import type { Appended, EventOf, Metadata, NewEvent } from './event-store.js';
import { Upcasting } from './upcasting.js';

/** The answer to a command: the stream's id, and where its last event lies. Wait for `position` to read what it did. */
export interface Decided extends Appended {
  readonly id: string;
}

/** A folded stream. `revision` is -1 when there is no stream. */
export interface Folded<State> {
  readonly state: State;
  readonly revision: number;
  readonly position: number;
  /** It has been added to since: by a command of this process, whose events are to be read. */
  readonly outdated?: true;
}

/** Folded states kept in memory; each is the fold of a whole stream at its revision. */
const KEPT_STATES = 50_000;
const ATTEMPTS = 5;

/** Load, decide, append: the only way an event gets written. */
@Injectable()
export class Streams {
  readonly #states = new LRUCache<string, Folded<unknown>>({ max: KEPT_STATES });
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
    private readonly upcasting: Upcasting,
  ) {}

  /**
   * Runs a rule on a stream and appends what it returns, at the revision the rule saw. Decisions on one stream take turns
   * in this process; when another process was faster, the rule sees the new tail and decides again, a few times.
   *
   * A command id the stream has seen is answered as it was then. A rule that returns nothing changes nothing.
   * @throws Refusal by the rule, always on a fresh state · RevisionConflict · `idempotency-key-reused`
   */
  async decide<State, Events>(
    of: Decider<State, Events>,
    id: string,
    rule: (state: State, now: string) => readonly EventOf<Events>[] | Promise<readonly EventOf<Events>[]>,
    payload?: unknown,
  ): Promise<Decided> {
    const sent = envelope();
    const stream = `${of.category}-${id}`;
    return this.#inTurn(stream, async () => {
      const { revision, position } = await this.#attempt(of, id, rule, sent, payload);
      return { id, revision, position };
    });
  }

  /**
   * How the command that is being sent was answered, when it was before. For handlers that have to do something else first.
   * @throws Refusal `idempotency-key-reused`
   */
  async answered(of: { readonly category: string }, id: string, payload: unknown): Promise<Decided | undefined> {
    const { commandId } = envelope();
    if (commandId === undefined) return undefined;
    const stream = `${of.category}-${id}`;
    let last = await this.store.find(stream, eventId(commandId, 0));
    if (!last) return undefined;
    if (last.metadata.commandHash !== hashOf(payload)) throw reused(commandId);
    for (let index = 1; ; index += 1) {
      const next = await this.store.find(stream, eventId(commandId, index));
      if (!next) return { id, revision: last.revision, position: last.position };
      last = next;
    }
  }

  /** The state of a stream now: what a rule on another stream is told as a fact. */
  async load<State, Events>(of: Decider<State, Events>, id: string): Promise<Folded<State>> {
    return this.#folded(of, `${of.category}-${id}`, !this.store.exclusive);
  }

  async #attempt<State, Events>(
    of: Decider<State, Events>,
    id: string,
    rule: (state: State, now: string) => readonly EventOf<Events>[] | Promise<readonly EventOf<Events>[]>,
    sent: Envelope,
    payload: unknown,
  ): Promise<Appended> {
    const stream = `${of.category}-${id}`;
    const now = sent.occurredAt ?? this.clock.now();
    // A state that may be stale is good enough to append on, for that would conflict, not to refuse or do nothing on.
    let look = false;
    for (let conflicts = 0; ;) {
      const folded = await this.#folded(of, stream, look);
      const latest = look || this.store.exclusive;
      // Behind the state and every time it is read: what another process makes of this command from here on conflicts with
      // the append, and no store is ever asked whether it has these ids somewhere else.
      const isNew = this.store.exclusive && folded.revision === -1;
      const handled = isNew ? undefined : await this.answered(of, id, payload);
      if (handled) return handled;
      let events: readonly EventOf<Events>[] = [];
      try {
        if (sent.expectedRevision !== undefined && sent.expectedRevision !== folded.revision) {
          throw new RevisionConflict(stream, folded.revision, 'by the caller');
        }
        events = await rule(folded.state, now);
      } catch (error) {
        if (latest || !(error instanceof Refusal)) throw error;
      }
      if (events.length === 0) {
        if (latest) return folded;
        look = true;
        continue;
      }
      const written = this.#dressed(events, sent, now, payload);
      try {
        const appended = await this.store.append(
          stream,
          folded.revision === -1 ? 'no-stream' : folded.revision,
          written,
        );
        // On a shared log the answer may be to the same command decided elsewhere: what that recorded is read, not assumed.
        if (this.store.exclusive || sent.commandId === undefined) {
          const state = written.reduce<State>((before, event) => evolve(of, before, event), folded.state);
          this.#keep(stream, { state, ...appended });
        } else this.#states.set(stream, { ...folded, outdated: true });
        return appended;
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
        if (error.current === folded.revision) throw reused(sent.commandId);
        conflicts += 1;
        if (conflicts === ATTEMPTS) throw new RevisionConflict(stream, error.current, 'by the rule');
        look = true;
      }
    }
  }

  /** @param look whether what is kept may be stale: then the tail is read */
  async #folded<State, Events>(of: Decider<State, Events>, stream: string, look: boolean): Promise<Folded<State>> {
    const kept = this.#states.get(stream) as Folded<State> | undefined;
    if (kept && !look && !kept.outdated) return kept;
    let { state, revision, position } = kept ?? { state: of.initial, revision: -1, position: 0 };
    for await (const events of this.store.pages(stream, { from: revision + 1 })) {
      for (const event of events) state = evolve(of, state, event);
      ({ revision, position } = events.at(-1) ?? { revision, position });
    }
    const folded = { state, revision, position };
    this.#keep(stream, folded);
    return folded;
  }

  /** Unless a later state is known by now: reading takes time, in which this stream may have moved. */
  #keep(stream: string, folded: Folded<unknown>): void {
    if (folded.revision >= (this.#states.get(stream)?.revision ?? 0)) this.#states.set(stream, folded);
  }

  #dressed<Events>(events: readonly EventOf<Events>[], sent: Envelope, now: string, payload: unknown): NewEvent[] {
    const commandId = sent.commandId ?? newId();
    const metadata: Metadata = {
      actor: sent.actor,
      source: sent.source,
      commandId,
      correlationId: sent.correlationId,
      ...(sent.commandId !== undefined && { commandHash: hashOf(payload) }),
      ...(sent.causationId !== undefined && { causationId: sent.causationId }),
      ...(sent.reason !== undefined && { reason: sent.reason }),
      ...(sent.importId !== undefined && { importId: sent.importId }),
      ...(sent.importRow !== undefined && { importRow: sent.importRow }),
      ...(sent.rule !== undefined && { rule: sent.rule }),
    };
    return events.map(({ type, data, occurredAt }, index) => ({
      id: sent.commandId === undefined ? newId() : eventId(commandId, index),
      type,
      schemaVersion: this.upcasting.version(type),
      occurredAt: occurredAt ?? now,
      data,
      metadata,
    }));
  }

  async #inTurn<Result>(stream: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(stream);
    const turn = before ? before.then(work, work) : work();
    this.#turns.set(stream, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(stream) === turn) this.#turns.delete(stream);
    }
  }
}

/** Id of the n-th event a command leads to. Derived, so that the log itself refuses to take a command twice. */
export const eventId = (commandId: string, index: number): string => idFrom('event', commandId, String(index));

const hashOf = (payload: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(payload ?? null))
    .digest('base64url')
    .slice(0, 22);

const reused = (commandId = ''): Refusal =>
  new Refusal('idempotency-key-reused', `The key ${commandId} has already been used for something else.`, {}, 422);

/** What a facts function may look at. `state` is the state of the stream the rule runs on. */
export interface Question<C, State> {
  readonly command: C;
  readonly state: State;
  readonly streams: Streams;
  readonly envelope: Envelope;
  /** What the rule is given as its `now`. */
  readonly now: string;
}

/**
 * Makes the Nest handler that runs one rule on the stream a command names.
 * @param key field of the command that holds the stream's id
 * @param facts what the rule must know of other streams, looked up anew for every attempt
 */
export function handle<C extends Command<Decided>, Key extends keyof C & string, State, Events, Facts = undefined>(
  command: new (...args: never[]) => C,
  of: Decider<State, Events>,
  key: Key,
  rule: (state: State, command: C, now: string, facts: Facts) => readonly EventOf<Events>[],
  ...[facts]: Facts extends undefined ? [] : [(question: Question<C, State>) => Promise<Facts>]
): Provider {
  class RuleHandler implements ICommandHandler<Command<Decided>> {
    constructor(@Inject(Streams) private readonly streams: Streams) {}

    execute(given: Command<Decided>): Promise<Decided> {
      const asked = given as C;
      return this.streams.decide(
        of,
        String(asked[key]),
        facts
          ? async (state, now) =>
              rule(
                state,
                asked,
                now,
                await facts({ command: asked, state, streams: this.streams, envelope: envelope(), now }),
              )
          : (state, now) => rule(state, asked, now, undefined as Facts),
        asked,
      );
    }
  }
  CommandHandler(command)(RuleHandler);
  return RuleHandler;
}

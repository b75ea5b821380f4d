import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock.js';
import { Refusal, RevisionConflict, Unavailable } from '../errors.js';
import { newId } from '../ids.js';
import { eventId, isHashOf, metadataOf, reused } from './command-identity.js';
import { evolve } from './decider.js';
import type { Decider, Folded, Reservation, StateReader } from './decider.js';
import { envelope, isExpected } from './envelope.js';
import type { Envelope } from './envelope.js';
import { EventIdTaken, EventStore, WrongExpectedRevision } from './event-store.js';
import type { Appended, EventOf, Metadata, NewEvent, Write } from './event-store.js';
import { expectedAt, Facts } from './facts-read.js';
import { bytesOf, KeptStates } from './kept-states.js';
import { freeAll, reservationsChanged, reservationsOf, takeAll } from './reservations.js';
import type { ReservationChange } from './reservations.js';
import { Turns } from './turns.js';
import type { TryTake } from './turns.js';
import { Upcasting } from './upcasting.js';

/** The answer to a command: id of the stream, and place of its last event. A query can wait for `position`. */
export interface Decided extends Appended {
  readonly id: string;
}

/** A rule reads facts through `streams`; its events are recorded only if these facts still hold. */
export type Rule<State, Events> = (
  state: State,
  now: string,
  streams: StateReader,
) => readonly EventOf<Events>[] | Promise<readonly EventOf<Events>[]>;

/** A command that is being decided. */
interface Asked<State, Events> {
  readonly of: Decider<State, Events>;
  readonly id: string;
  readonly stream: string;
  readonly rule: Rule<State, Events>;
  readonly payload: unknown;
  readonly sent: Envelope;
  /** If the log is not atomic: reservations to give back after the decision, unless it needs them. */
  readonly reserved: Map<string, Reservation>;
}

/** The events of a decision and the state after them. */
interface Outcome<State> {
  readonly written: readonly NewEvent[];
  readonly state: State;
}

/** Why an attempt has to be made again. */
interface Again {
  /** Stream that has to be locked first. */
  readonly turn?: string;
  /** The log has to be read again; `moved` is the stream to which another process has appended. */
  readonly look?: true;
  readonly moved?: WrongExpectedRevision;
}

/** Reservations that a decision takes or gives back. */
interface Changed extends ReservationChange {
  readonly written: readonly NewEvent[];
}

interface Reserved {
  readonly taken: readonly Changed[];
  readonly freed: readonly Changed[];
  /** Reservation streams that are held after the decision. */
  readonly held: readonly string[];
}

/** Maximum number of attempts when another process appends to a stream that this process has locked. */
const ATTEMPTS = 5;

/** Events that are folded before other work has its turn. */
const AT_ONCE = 500;

/** The decide loop: load, decide, append. All events of Annals are written here. */
@Injectable()
export class Streams implements StateReader {
  readonly #states = new KeptStates();
  readonly #turns = new Turns();

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
    private readonly upcasting: Upcasting,
  ) {}

  /**
   * Runs a rule on a stream and appends its events at the revision that the rule saw, together with its reservations, if the
   * facts from other streams still hold. Decisions on one stream are serialised in this process. After a conflict with
   * another process the rule decides again on the new state, a few times.
   *
   * A repeated command id gets its original answer. A rule that returns no events changes nothing.
   * @param alone further names by which decisions are serialised, besides the stream
   * @throws Refusal by the rule, always on a fresh state · RevisionConflict · `idempotency-key-reused`
   */
  async decide<State, Events>(
    of: Decider<State, Events>,
    id: string,
    rule: Rule<State, Events>,
    payload?: unknown,
    alone: readonly string[] = [],
  ): Promise<Decided> {
    const stream = `${of.category}-${id}`;
    const asked: Asked<State, Events> = { of, id, stream, rule, payload, sent: envelope(), reserved: new Map() };
    try {
      const { revision, position } = await this.#settle(asked, new Set([stream, ...alone]));
      return { id, revision, position };
    } finally {
      const { reserved } = asked;
      // Under the stream's lock, so that no other decision on the stream relies on a reservation that is being given back.
      if (reserved.size > 0) await this.#turns.hold(new Set([stream, ...reserved.keys()]), () => this.#giveBack(asked));
    }
  }

  /**
   * The original answer of a repeated command. For handlers that have other work to do before the decision.
   * @throws Refusal `idempotency-key-reused`
   */
  async answered(of: { readonly category: string }, id: string, payload: unknown): Promise<Decided | undefined> {
    const { commandId } = envelope();
    if (commandId === undefined) return undefined;
    const stream = `${of.category}-${id}`;
    let last = await this.store.find(stream, eventId(commandId, 0));
    if (!last) return undefined;
    if (!isHashOf(last.metadata.commandHash, payload)) throw reused(commandId);
    for (let index = 1; ; index += 1) {
      const next = await this.store.find(stream, eventId(commandId, index));
      if (!next) return { id, revision: last.revision, position: last.position };
      last = next;
    }
  }

  /** The current state of a stream, without any guarantee for later; rules get facts through their own reader. */
  async load<State, Events>(of: Decider<State, Events>, id: string): Promise<Folded<State>> {
    return this.#folded(of, `${of.category}-${id}`, !this.store.exclusive);
  }

  /** @param turns names that each attempt locks; attempts add further ones */
  async #settle<State, Events>(asked: Asked<State, Events>, turns: Set<string>): Promise<Appended> {
    let look = false;
    for (let conflicts = 0; ;) {
      const outcome = await this.#turns.hold(turns, (tryTake) => this.#attempt(asked, look, tryTake));
      if ('position' in outcome) return outcome;
      const { turn, moved } = outcome;
      if (turn !== undefined) turns.add(turn);
      else look = true;
      if (!moved) continue;
      if (turns.has(moved.stream)) conflicts += 1;
      if (conflicts === ATTEMPTS) throw new RevisionConflict(moved.stream, moved.current, 'by the rule');
      turns.add(moved.stream);
    }
  }

  async #attempt<State, Events>(
    asked: Asked<State, Events>,
    look: boolean,
    tryTake: TryTake,
  ): Promise<Appended | Again> {
    const { of, id, stream, rule, sent, payload } = asked;
    const { exclusive } = this.store;
    const folded = await this.#folded(of, stream, look);
    // After the state has been read: if another process handles the same command from here on, the append conflicts. So the
    // store never needs to look for the ids elsewhere.
    const isNew = exclusive && folded.revision === -1;
    const handled = isNew ? undefined : await this.answered(of, id, payload);
    if (handled) return handled;
    const facts = new Facts((other, otherStream) => this.#folded(other, otherStream, look || !exclusive));
    const now = sent.occurredAt ?? this.clock.now();
    // A stale state is good enough for an append, which would conflict; it is not for a refusal or for doing nothing.
    const latest = look || exclusive;
    let decided: Outcome<State>;
    let changed: Reserved | Again;
    try {
      if (!isExpected(sent, folded.revision)) {
        throw new RevisionConflict(stream, folded.revision, 'by the caller');
      }
      const events = await rule(folded.state, now, facts);
      if (events.length === 0) return latest ? folded : { look: true };
      const metadata = metadataOf(sent, payload);
      const idAt = (index: number) => (sent.commandId === undefined ? newId() : eventId(sent.commandId, index));
      const written = this.#dressed(events, metadata, now, idAt);
      const state = written.reduce<State>((before, event) => evolve(of, before, event), folded.state);
      decided = { written, state };
      changed = await this.#reserve(asked, { before: folded.state, after: state, metadata }, facts, tryTake);
    } catch (error) {
      if (latest || !(error instanceof Refusal)) throw error;
      return { look: true };
    }
    return 'held' in changed ? this.#append(asked, folded, decided, changed, facts) : changed;
  }

  async #append<State, Events>(
    { stream, sent, reserved }: Asked<State, Events>,
    before: Folded<State>,
    { written, state }: Outcome<State>,
    { taken, freed, held }: Reserved,
    facts: Facts,
  ): Promise<Appended | Again> {
    const { exclusive, atomic } = this.store;
    // If the log is not atomic, a failure after the decision must not fail it; reservations are then given back later.
    const along = atomic ? freed : [];
    const writes: Write[] = [
      ...taken.map(writeOf),
      { stream, expected: expectedAt(before.revision), events: written },
      ...along.map(writeOf),
    ];
    if (!atomic) for (const { reservation } of taken) reserved.set(reservation.stream, reservation);
    try {
      const answers = await this.store.appendAll(writes, facts.checks(writes));
      for (const each of held) reserved.delete(each);
      if (!atomic) for (const { reservation } of freed) reserved.set(reservation.stream, reservation);
      const appended = answers[taken.length]!;
      // On a shared log another process may have decided the same command; its events are read, not assumed.
      if (exclusive || sent.commandId === undefined)
        this.#states.grow(stream, { state, ...appended }, written, before.bytes);
      else this.#states.outdate(stream, before);
      [...taken, undefined, ...along].forEach((each, index) => {
        if (!each) return;
        const { fold, written: more, reservation } = each;
        this.#states.grow(reservation.stream, { state: fold(more), ...answers[index]! }, more);
      });
      return appended;
    } catch (error) {
      // The events may have been written nevertheless, so reservations stay; they become stale if they are not needed.
      if (error instanceof Unavailable) {
        reserved.clear();
        for (const write of writes) this.#states.forget(write.stream);
      }
      if (error instanceof EventIdTaken) throw reused(sent.commandId);
      if (!(error instanceof WrongExpectedRevision)) throw error;
      if (error.stream === stream && error.current === before.revision) throw reused(sent.commandId);
      return { moved: error };
    }
  }

  /** Reservations that the decision takes and gives back, or the name that has to be locked for that first. */
  async #reserve<State, Events>(
    { of, id }: Asked<State, Events>,
    { before, after, metadata }: { readonly before: State; readonly after: State; readonly metadata: Metadata },
    facts: Facts,
    tryTake: TryTake,
  ): Promise<Reserved | Again> {
    const { taking, freeing, held } = reservationsChanged(of, id, before, after);
    const busy = [...taking, ...freeing].find(({ stream }) => !tryTake(stream));
    if (busy) return { turn: busy.stream };
    const now = this.clock.now();
    const dressed = (each: ReservationChange): Changed[] => {
      // Reservations count from now on, even if the decision is about the past; their event ids are never looked up.
      const written = this.#dressed(each.events, metadata, now, newId);
      return written.length > 0 ? [{ ...each, written }] : [];
    };
    return {
      taken: (await takeAll(of, taking, facts, now)).flatMap(dressed),
      freed: (await freeAll(freeing, facts)).flatMap(dressed),
      held,
    };
  }

  /**
   * Gives back reservations that are not needed, if that is not part of the decision's append. After a failure a reservation
   * stays, and can be taken over once it is stale.
   */
  async #giveBack<State, Events>({ of, id, sent, reserved }: Asked<State, Events>): Promise<void> {
    try {
      const { state } = await this.load(of, id);
      const held = reservationsOf(of, state, id);
      for (const reservation of reserved.values()) {
        if (held.has(reservation.stream)) continue;
        const { revision, events } = await reservation.free(this);
        const written = this.#dressed(events, metadataOf(sent, null), this.clock.now(), newId);
        if (written.length > 0) await this.store.append(reservation.stream, expectedAt(revision), written);
      }
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision) && !(error instanceof Unavailable)) throw error;
    }
  }

  /** @param look whether the kept state may be stale, so that newer events have to be read */
  async #folded<State, Events>(of: Decider<State, Events>, stream: string, look: boolean): Promise<Folded<State>> {
    const kept = this.#states.get<State>(stream);
    if (kept && !look && !kept.outdated) return kept;
    let { state, revision, position, bytes = 0 } = kept ?? { state: of.initial, revision: -1, position: 0 };
    let count = 0;
    for await (const events of this.store.pages(stream, { from: revision + 1 })) {
      for (const event of events) {
        // Embedded engines read without leaving the thread: everything else would wait for the end of a long stream.
        if ((count += 1) % AT_ONCE === 0) await turn();
        state = evolve(of, state, event);
      }
      ({ revision, position } = events.at(-1) ?? { revision, position });
      bytes += bytesOf(events);
    }
    const folded = { state, revision, position, bytes };
    this.#states.keep(stream, folded);
    return folded;
  }

  /** @param idAt id for the event with this index in the decision */
  #dressed(
    events: readonly { readonly type: string; readonly data: unknown; readonly occurredAt?: string }[],
    metadata: Metadata,
    now: string,
    idAt: (index: number) => string,
  ): NewEvent[] {
    return events.map(({ type, data, occurredAt }, index) => ({
      id: idAt(index),
      type,
      schemaVersion: this.upcasting.version(type),
      occurredAt: occurredAt ?? now,
      data,
      metadata,
    }));
  }
}

const writeOf = ({ reservation: { stream }, revision, written }: Changed): Write => ({
  stream,
  expected: expectedAt(revision),
  events: written,
});

import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventIdTaken, WrongExpectedRevision } from '../../libs/event-store/event-store.js';
import type {
  Appended,
  EventStore,
  ExpectedRevision,
  ForeignEvent,
  RecordedEvent,
} from '../../libs/event-store/event-store.js';
import { event, everything, idsOf, wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { property } from '../support/property.js';
import { sqliteStore } from '../support/stores.js';

interface Entry {
  readonly stream: string;
  readonly id: string;
  readonly type: string;
}

/** Streams of other programs, which choose their ids by themselves. */
const isForeign = (stream: string): boolean => stream.startsWith('sent-');

/** What the log is, said as simply as possible. Positions count from 1, revisions from 0. */
class Reference {
  readonly log: Entry[] = [];

  append(
    stream: string,
    expected: ExpectedRevision,
    entries: readonly Entry[],
  ): Appended | { current: number } | { eventId: string } {
    const own = this.of(stream);
    const current = own.length - 1;
    const ids = entries.map(({ id }) => id);
    const fresh = new Set(ids).size === ids.length && !own.some(({ id }) => ids.includes(id));
    const holds =
      { any: true, 'no-stream': current === -1, 'stream-exists': current >= 0 }[expected] ?? current === expected;
    const elsewhere = this.log.filter((entry) => entry.stream !== stream && !isForeign(entry.stream));
    const eventId = isForeign(stream) ? undefined : ids.find((id) => elsewhere.some((entry) => entry.id === id));
    if (holds && eventId !== undefined) return { eventId };
    if (holds && fresh) {
      this.log.push(...entries);
      return { revision: current + entries.length, position: this.log.length };
    }
    const first = own.findIndex(({ id }) => id === ids[0]);
    const there = first >= 0 && ids.every((id, index) => own[first + index]?.id === id);
    const place = { any: first, 'stream-exists': first, 'no-stream': 0 }[expected] ?? Number(expected) + 1;
    if (!there || place !== first) return { current };
    const last = own[first + ids.length - 1]!;
    return { revision: first + ids.length - 1, position: this.log.indexOf(last) + 1 };
  }

  of = (stream: string) => this.log.filter((entry) => entry.stream === stream);
}

const foreign = (id: string, type: string): ForeignEvent => ({
  id,
  type,
  foreign: { contentType: 'application/json', data: Buffer.from(JSON.stringify({ id })), metadata: Buffer.alloc(0) },
});

const streams = ['customer-1', 'customer-2', 'task-1', 'sent-1', 'sent-2'];
const types = ['Registered', 'Changed', 'Left'];

const stream = fc.constantFrom(...streams);
/** A number stands for a revision counted from where the stream is. */
const expected = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('any' as const, 'no-stream' as const, 'stream-exists' as const) },
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: -4, max: 3 }) },
);
/** The number of an event sent before, or a new one. */
const sent = fc.oneof({ weight: 4, arbitrary: fc.constant('new' as const) }, { weight: 1, arbitrary: fc.nat() });

const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      stream,
      expected,
      sent: fc.array(sent, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('again' as const), which: fc.nat(), expected: fc.option(expected) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('read' as const), limit: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
);
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

/** Runs actions without waiting for one before the next is sent; every answer is compared with the reference's. */
class Run {
  readonly reference = new Reference();
  readonly path = join(folder(), 'events.db');
  store: EventStore = sqliteStore({ path: this.path });
  readonly #sent: Entry[] = [];
  readonly #appends: { stream: string; expected: ExpectedRevision; entries: readonly Entry[] }[] = [];
  readonly #open: Promise<void>[] = [];
  #acknowledged = 0;

  async take(given: Action): Promise<void> {
    if (given.do === 'append')
      this.#append(
        given.stream,
        this.#revision(given.stream, given.expected),
        given.sent.map((each) => this.#entry(given.stream, each)),
      );
    else if (given.do === 'again') this.#again(given.which, given.expected);
    else if (given.do === 'read') this.#open.push(this.#read(given.limit));
    else if (given.do === 'turn') await new Promise((resolve) => setImmediate(resolve));
    else await this.settle();
    if (given.do !== 'reopen') return;
    await this.store.close();
    this.store = sqliteStore({ path: this.path });
  }

  async settle(): Promise<void> {
    await Promise.all(this.#open.splice(0));
  }

  #entry(of: string, which: 'new' | number): Entry {
    const before = which === 'new' ? undefined : this.#sent[which % Math.max(1, this.#sent.length)];
    if (before) return { ...before, stream: of };
    const { id } = event();
    const entry = { stream: of, id, type: types[this.#sent.length % types.length]! };
    this.#sent.push(entry);
    return entry;
  }

  #revision = (of: string, asked: ExpectedRevision): ExpectedRevision =>
    typeof asked === 'number' ? Math.max(0, this.reference.of(of).length - 1 + asked) : asked;

  #again(which: number, asked: ExpectedRevision | null): void {
    const before = this.#appends[which % Math.max(1, this.#appends.length)];
    if (!before) return;
    this.#append(
      before.stream,
      asked === null ? before.expected : this.#revision(before.stream, asked),
      before.entries,
    );
  }

  #append(of: string, asked: ExpectedRevision, entries: readonly Entry[]): void {
    this.#appends.push({ stream: of, expected: asked, entries });
    const answer = this.reference.append(of, asked, entries);
    const given = entries.map(({ id, type }) => (isForeign(of) ? foreign(id, type) : event(type, { id }, { id })));
    this.#open.push(
      this.store.append(of, asked, given).then(
        (appended) => {
          expect(appended).toEqual(answer);
          this.#acknowledged = Math.max(this.#acknowledged, appended.position);
        },
        (error: WrongExpectedRevision | EventIdTaken) => {
          expect(error).toBeInstanceOf('eventId' in answer ? EventIdTaken : WrongExpectedRevision);
          expect(error).toMatchObject({ ...answer, stream: of, ...('current' in answer && { expected: asked }) });
        },
      ),
    );
  }

  /** What is read in the midst of writing begins the log, and holds at least all that was acknowledged before. */
  async #read(limit: number): Promise<void> {
    const acknowledged = this.#acknowledged;
    const found = await wholeLog(this.store, { limit });
    expect(found.length).toBeGreaterThanOrEqual(acknowledged);
    this.compare(found, this.reference.log.slice(0, found.length));
  }

  compare(found: readonly RecordedEvent[], entries: readonly Entry[]): void {
    expect(found.map((each) => ({ stream: each.stream, id: each.id, type: each.type }))).toEqual(entries);
    for (const each of found) {
      expect(this.reference.log[each.position - 1]?.id).toBe(each.id);
      expect(this.reference.of(each.stream)[each.revision]?.id).toBe(each.id);
      expect(each.data).toEqual({ id: each.id });
    }
  }
}

describe('any interleaving of appends and reads', () => {
  it('answers and leaves what the reference does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
        const run = new Run();
        try {
          for (const each of actions) await run.take(each);
          await run.settle();
          const { store, reference } = run;
          run.compare(await wholeLog(store), reference.log);
          for (const name of streams) {
            run.compare(await everything(store.stream(name, { limit: 3 })), reference.of(name));
            const backwards = await everything(store.stream(name, { limit: 2, backwards: true }));
            expect(idsOf(backwards)).toEqual(idsOf(reference.of(name)).reverse());
          }
          for (const type of types) {
            const filtered = reference.log.filter(
              (entry) => entry.type === type && entry.stream.startsWith('customer-'),
            );
            run.compare(await wholeLog(store, { types: [type], streams: ['customer-'], limit: 2 }), filtered);
          }
        } finally {
          await run.store.close();
        }
      }),
      property(150),
    );
  }, 60_000);
});

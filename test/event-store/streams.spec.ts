import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Command } from '@nestjs/cqrs';
import { Refusal } from '../../libs/errors.js';
import { decider } from '../../libs/event-store/decider.js';
import { under } from '../../libs/event-store/envelope.js';
import type { Envelope } from '../../libs/event-store/envelope.js';
import type {
  Appended,
  EventOf,
  ExpectedRevision,
  NewEvent,
  StreamPage,
  StreamRange,
} from '../../libs/event-store/event-store.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite.event-store.js';
import { handle, Streams } from '../../libs/event-store/streams.js';
import type { Decided } from '../../libs/event-store/streams.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { TestClock } from '../support/clock.js';
import { event, wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { writer } from '../support/stores.js';

type AccountEvents = {
  Deposited: { amount: number };
  Closed: Record<string, never>;
  Reopened: Record<string, never>;
};
type AccountEvent = EventOf<AccountEvents>;
interface Account {
  readonly balance: number;
  readonly closed: boolean;
}

const account = decider<Account, AccountEvents>({
  category: 'account',
  initial: { balance: 0, closed: false },
  evolve: {
    Deposited: (state, { amount }) => ({ ...state, balance: state.balance + amount }),
    Closed: (state) => ({ ...state, closed: true }),
    Reopened: (state) => ({ ...state, closed: false }),
  },
});

function deposit(amount: number) {
  return ({ closed }: Account): AccountEvent[] => {
    if (closed) throw new Refusal('account-closed', 'The account is closed.');
    return amount === 0 ? [] : [{ type: 'Deposited', data: { amount } }];
  };
}
const close = ({ closed }: Account): AccountEvent[] => (closed ? [] : [{ type: 'Closed', data: {} }]);
const reopen = (): AccountEvent[] => [{ type: 'Reopened', data: {} }];

const sent: Envelope = { actor: { id: 'ada', name: 'Ada' }, source: 'api', correlationId: 'correlation' };
const as = <Result>(more: Partial<Envelope>, work: () => Result) => under({ ...sent, ...more }, work);

/** The embedded store as a shared one would behave: others append to it, also between a decision and its append. */
class SharedStore extends SqliteEventStore {
  override readonly exclusive: boolean = false;
  meanwhile: (() => Promise<unknown>) | undefined;
  reads = 0;
  /** What the answer to the next read waits for. */
  slow: Promise<void> | undefined;

  override async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    await this.meanwhile?.();
    return super.append(stream, expected, events);
  }

  override async readStream(stream: string, range?: StreamRange): Promise<StreamPage> {
    this.reads += 1;
    const page = await super.readStream(stream, range);
    const slow = this.slow;
    this.slow = undefined;
    await slow;
    return page;
  }
}

class OwnStore extends SharedStore {
  override readonly exclusive = true;
}

const clock = new TestClock();
let store: SharedStore;
let streams: Streams;
/** Another process on the same log. */
let others: Streams;

function use(Store: typeof SharedStore): void {
  store = new Store({ path: join(folder(), 'events.db'), clock, writer });
  streams = new Streams(store, clock, new Upcasting());
  others = new Streams(store, clock, new Upcasting());
}

/** What another process does between the next decision and its append. */
function meanwhile(rule: (state: Account) => AccountEvent[], times = 1): void {
  let left = times;
  store.meanwhile = async () => {
    if (left === 0) return;
    left -= 1;
    const again = store.meanwhile;
    store.meanwhile = undefined;
    await as({}, () => others.decide(account, '1', rule));
    store.meanwhile = again;
  };
}

const decide = (
  rule: (state: Account, now: string) => AccountEvent[] | Promise<AccountEvent[]>,
  more: Partial<Envelope> = {},
  payload?: unknown,
) => as(more, () => streams.decide(account, '1', rule, payload));
const types = async () => (await wholeLog(store)).map(({ type }) => type);

beforeEach(() => use(OwnStore));
afterEach(() => store.close());

describe('deciding', () => {
  it('loads, decides, appends, and says where', async () => {
    expect(await decide(deposit(5))).toEqual({ id: '1', revision: 0, position: 1 });
    expect(await decide(deposit(7))).toEqual({ id: '1', revision: 1, position: 2 });
    expect(await streams.load(account, '1')).toEqual({
      state: { balance: 12, closed: false },
      revision: 1,
      position: 2,
    });
    expect(await streams.load(account, '2')).toEqual({ state: account.initial, revision: -1, position: 0 });
  });

  it('writes on each event who decided, when and why', async () => {
    clock.time = '2026-05-01T10:00:00.000Z';
    const why = {
      commandId: 'key',
      causationId: 'cause',
      reason: 'because',
      importId: 'batch',
      rule: { name: 'r', version: 2 },
    };
    await decide(
      (_, now) => [
        { type: 'Deposited', data: { amount: Number(now.slice(0, 4)) } },
        { type: 'Closed', data: {}, occurredAt: '2026-04-01T00:00:00.000Z' },
      ],
      why,
    );
    const [deposited, closed] = await wholeLog(store);
    expect(deposited).toMatchObject({
      stream: 'account-1',
      schemaVersion: 1,
      occurredAt: clock.time,
      recordedAt: clock.time,
    });
    expect(deposited?.data).toEqual({ amount: 2026 });
    expect(deposited?.metadata).toEqual({ ...sent, ...why, commandHash: expect.any(String) });
    expect(closed).toMatchObject({ occurredAt: '2026-04-01T00:00:00.000Z', recordedAt: clock.time });
    expect(closed?.metadata).toEqual(deposited?.metadata);
  });

  it('gives every sending without a command id one of its own', async () => {
    await decide(deposit(1));
    await decide(deposit(1));
    const [first, second] = await wholeLog(store);
    expect(first?.metadata).toEqual({ ...sent, commandId: expect.any(String) });
    expect(first?.metadata.commandId).not.toBe(second?.metadata.commandId);
  });

  it('gives the rule the business time of an imported row as its now', async () => {
    const occurredAt = '2017-03-05T00:00:00.000Z';
    await decide((_, now) => [{ type: 'Deposited', data: { amount: now === occurredAt ? 1 : 0 } }], { occurredAt });
    expect((await wholeLog(store))[0]).toMatchObject({ occurredAt, data: { amount: 1 } });
  });

  it('writes types in their current version', async () => {
    const upcasting = new Upcasting([{ type: 'Deposited', from: 1, up: (data) => [{ type: 'Deposited', data }] }]);
    await as({}, () => new Streams(store, clock, upcasting).decide(account, '1', deposit(1)));
    expect(await store.storedVersions()).toEqual([{ type: 'Deposited', schemaVersion: 2 }]);
  });

  it('needs somebody who answers for it', async () => {
    await expect(streams.decide(account, '1', deposit(1))).rejects.toThrow('envelope');
  });

  it('leaves nothing behind when the rule refuses, fails, or changes nothing', async () => {
    expect(await decide(deposit(0))).toEqual({ id: '1', revision: -1, position: 0 });
    await decide(close);
    expect(await decide(close)).toEqual({ id: '1', revision: 0, position: 1 });
    await expect(decide(deposit(1))).rejects.toMatchObject({ code: 'account-closed' });
    await expect(decide(() => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
    expect(await decide(reopen)).toEqual({ id: '1', revision: 1, position: 2 });
    expect(await types()).toEqual(['Closed', 'Reopened']);
  });

  it('lets decisions on one stream take turns, each on the state the one before has left', async () => {
    const seen: number[] = [];
    const rule = (state: Account) => {
      seen.push(state.balance);
      if (state.balance === 5) throw new Error('bug');
      return deposit(1)(state);
    };
    await Promise.allSettled(Array.from({ length: 10 }, () => decide(rule)));
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 5, 5, 5, 5]);
    expect(await types()).toHaveLength(5);
  });

  it('keeps the later of two states, whichever comes in last', async () => {
    await store.append('account-1', 'any', [event('Deposited', { amount: 1 })]);
    const { promise, resolve } = Promise.withResolvers<void>();
    store.slow = promise;
    const loading = streams.load(account, '1');
    await decide(deposit(5));
    resolve();
    expect((await loading).state.balance).toBe(1);
    expect((await streams.load(account, '1')).state.balance).toBe(6);
  });

  it('reads a stream of its own store once, whatever is decided on it', async () => {
    await decide(deposit(1));
    const { reads } = store;
    await decide(deposit(1));
    await decide(deposit(0));
    await streams.load(account, '1');
    expect(store.reads).toBe(reads);
  });

  it('says so when the log holds an event the decider does not know', async () => {
    await store.append('account-1', 'any', [event('FromTheFuture')]);
    await expect(decide(deposit(1))).rejects.toThrow('account streams know no event FromTheFuture');
  });
});

describe('deciding beside others', () => {
  beforeEach(() => use(SharedStore));

  it('decides again on what another has appended in between', async () => {
    await decide(deposit(1));
    meanwhile(deposit(10));
    const seen: number[] = [];
    await decide((state) => {
      seen.push(state.balance);
      return deposit(1)(state);
    });
    expect(seen).toEqual([1, 11]);
    expect((await streams.load(account, '1')).state.balance).toBe(12);
  });

  it('may refuse on the second look', async () => {
    await decide(deposit(1));
    meanwhile(close);
    await expect(decide(deposit(1))).rejects.toMatchObject({ code: 'account-closed' });
    expect(await types()).toEqual(['Deposited', 'Closed']);
  });

  it('gives up when others are always faster', async () => {
    meanwhile(deposit(10), 99);
    await expect(decide(deposit(1))).rejects.toMatchObject({
      code: 'concurrency-conflict',
      status: 409,
      details: { revision: 4 },
    });
    meanwhile(deposit(10), 4);
    expect(await decide(deposit(1))).toMatchObject({ revision: 9 });
  });

  it('loses no decision of two that write at the same time', async () => {
    const both = Array.from({ length: 40 }, (_, index) =>
      as({}, () => [streams, others][index % 2]!.decide(account, '1', deposit(1))),
    );
    const decided = (await Promise.allSettled(both)).filter(({ status }) => status === 'fulfilled');
    expect(decided.length).toBeGreaterThanOrEqual(20);
    expect((await streams.load(account, '1')).state.balance).toBe(decided.length);
  });

  it('neither refuses nor does nothing on a state that is stale', async () => {
    await decide(close);
    await as({}, () => others.decide(account, '1', reopen));
    expect(await decide(deposit(1))).toMatchObject({ revision: 2 });
    await as({}, () => others.decide(account, '1', close));
    await as({}, () => others.decide(account, '1', reopen));
    expect(await decide(close)).toMatchObject({ revision: 5 });
    expect((await others.load(account, '1')).state.closed).toBe(true);
  });

  it('tells facts as they are now', async () => {
    await decide(deposit(1));
    await as({}, () => others.decide(account, '1', deposit(2)));
    expect((await streams.load(account, '1')).state.balance).toBe(3);
  });

  it('appends on what it knows without reading first', async () => {
    await decide(deposit(1));
    const { reads } = store;
    await decide(deposit(1));
    expect(store.reads).toBe(reads);
  });
});

describe.each([
  ['a store of its own', OwnStore],
  ['a shared store', SharedStore],
])('on %s', (_, Store) => {
  beforeEach(() => use(Store));

  it('holds the caller to the revision of If-Match', async () => {
    await decide(deposit(1));
    expect(await decide(deposit(1), { expectedRevision: 0 })).toMatchObject({ revision: 1 });
    const stale = { code: 'revision-stale', status: 412, details: { revision: 1 } };
    await expect(decide(deposit(1), { expectedRevision: 0 })).rejects.toMatchObject(stale);
    await expect(decide(deposit(0), { expectedRevision: 5 })).rejects.toMatchObject(stale);
    await expect(decide(close, { expectedRevision: -1 })).rejects.toMatchObject(stale);
    expect(await types()).toHaveLength(2);
  });

  it('answers a command it has seen as it did then', async () => {
    const three = (): AccountEvent[] => [1, 2, 3].map((amount) => ({ type: 'Deposited', data: { amount } }));
    await decide(deposit(1));
    const answer = await decide(three, { commandId: 'key' }, { amount: 6 });
    expect(answer).toEqual({ id: '1', revision: 3, position: 4 });
    await decide(close);
    expect(await decide(three, { commandId: 'key' }, { amount: 6 })).toEqual(answer);
    // It is answered before anything is looked at: neither the rule nor the revision is asked again.
    expect(await decide(deposit(1), { commandId: 'key', expectedRevision: 0 }, { amount: 6 })).toEqual(answer);
    expect(await as({ commandId: 'key' }, () => others.decide(account, '1', three, { amount: 6 }))).toEqual(answer);
    expect(await types()).toHaveLength(5);
  });

  it('takes a command that is sent many times at once one time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        as({ commandId: 'key' }, () => [streams, others][index % 2]!.decide(account, '1', deposit(1), 'same')),
      ),
    );
    expect(new Set(answers.map(({ position }) => position))).toEqual(new Set([1]));
    expect(await types()).toEqual(['Deposited']);
    expect(await decide(deposit(1))).toMatchObject({ revision: 1 });
  });

  it('refuses a command id with another payload, or on another stream', async () => {
    const reused = { code: 'idempotency-key-reused', status: 422 };
    await decide(deposit(1), { commandId: 'key' }, { amount: 1 });
    await expect(decide(deposit(2), { commandId: 'key' }, { amount: 2 })).rejects.toMatchObject(reused);
    await expect(decide(deposit(2), { commandId: 'key' })).rejects.toMatchObject(reused);
    const elsewhere = as({ commandId: 'key' }, () => streams.decide(account, '2', deposit(1), { amount: 1 }));
    await expect(elsewhere).rejects.toMatchObject(reused);
    expect(await types()).toHaveLength(1);
  });

  it('decides anew on a command that was refused or changed nothing', async () => {
    expect(await decide(deposit(0), { commandId: 'key' }, 'nothing')).toMatchObject({ revision: -1 });
    await decide(close);
    await expect(decide(deposit(1), { commandId: 'other' })).rejects.toMatchObject({ code: 'account-closed' });
    await decide(reopen);
    expect(await decide(deposit(1), { commandId: 'other' })).toMatchObject({ revision: 2 });
  });
});

it('on a shared store, learns from the log what the same command recorded elsewhere', async () => {
  use(SharedStore);
  await decide(deposit(1));
  store.meanwhile = async () => {
    store.meanwhile = undefined;
    await as({ commandId: 'key' }, () => others.decide(account, '1', deposit(100), 'same'));
  };
  expect(await decide(deposit(1), { commandId: 'key' }, 'same')).toMatchObject({ revision: 1 });
  expect((await streams.load(account, '1')).state.balance).toBe(101);
});

it.each([
  ['others had added to the stream before', []],
  ['the rule would refuse it by now', [close]],
])(
  'on a shared store, answers what was decided elsewhere while it was being decided here, when %s',
  async (_, after) => {
    use(SharedStore);
    await decide(deposit(1));
    store.meanwhile = async () => {
      store.meanwhile = undefined;
      await as({}, () => others.decide(account, '1', deposit(7)));
      await as({ commandId: 'key' }, () => others.decide(account, '1', deposit(100), 'same'));
      for (const rule of after) await as({}, () => others.decide(account, '1', rule));
    };
    expect(await decide(deposit(1), { commandId: 'key' }, 'same')).toMatchObject({ revision: 2 });
    expect(await types()).toHaveLength(3 + after.length);
  },
);

it('on a shared store, looks for the command behind the state it appends on, not ahead of it', async () => {
  use(SharedStore);
  await decide(deposit(1));
  const appends: string[] = [];
  const append = store.append.bind(store);
  store.append = (...given) => {
    appends.push(given[0]);
    return append(...given);
  };
  const find = store.find.bind(store);
  // What is not there when it is looked for is there when the state is read.
  store.find = async (...given) => {
    const found = await find(...given);
    store.find = find;
    await as({}, () => others.decide(account, '1', deposit(7)));
    await as({ commandId: 'key' }, () => others.decide(account, '1', deposit(100), 'same'));
    return found;
  };
  const fresh = new Streams(store, clock, new Upcasting());
  const answer = await as({ commandId: 'key' }, () => fresh.decide(account, '1', deposit(1), 'same'));
  expect(answer).toMatchObject({ revision: 2 });
  // The one that is too late conflicts: a server that knows ids of one place only never gets to see it at a later one.
  expect(appends).toHaveLength(3);
});

describe('the handler of a command', () => {
  class Deposit extends Command<Decided> {
    constructor(
      readonly accountId: string,
      readonly amount: number,
    ) {
      super();
    }
  }

  it('runs the rule on the stream that the command names, with facts that are looked up for every attempt', async () => {
    use(SharedStore);
    const rule = (state: Account, { amount }: Deposit, _: string, facts: { limit: number }) => {
      if (state.balance + amount > facts.limit) throw new Refusal('limit-reached', 'Too much.', facts);
      return deposit(amount)(state);
    };
    const asked: number[] = [];
    const Handler = handle(
      Deposit,
      account,
      'accountId',
      rule,
      async ({ command, state, streams: other, envelope }) => {
        asked.push(state.balance);
        expect([command.amount, envelope.actor.id]).toEqual([5, 'ada']);
        return { limit: (await other.load(account, 'limit')).state.balance };
      },
    ) as unknown as new (streams: Streams) => { execute(command: Deposit): Promise<Decided> };
    const handler = new Handler(streams);
    const execute = () => as({}, () => handler.execute(new Deposit('1', 5)));

    await expect(execute()).rejects.toMatchObject({ code: 'limit-reached', details: { limit: 0 } });
    await as({}, () => others.decide(account, 'limit', deposit(10)));
    expect(await execute()).toMatchObject({ id: '1', revision: 0 });
    asked.length = 0;
    meanwhile(deposit(1));
    await expect(execute()).rejects.toMatchObject({ code: 'limit-reached', details: { limit: 10 } });
    expect(asked).toEqual([5, 6]);
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { command } from '../../libs/commands/command.js';
import { whole } from '../../libs/commands/fields.js';
import { Refusal, Unavailable } from '../../libs/errors.js';
import { handle } from '../../libs/event-store/handle.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { Streams } from '../../libs/event-store/streams.js';
import type { Decided } from '../../libs/event-store/streams.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { event, wholeLog } from '../support/events.js';
import {
  account,
  as,
  clock,
  close,
  decide,
  deposit,
  meanwhile,
  others,
  OwnStore,
  reopen,
  sent,
  SharedStore,
  store,
  streams,
  types,
  use,
} from './accounts.js';
import type { Account } from './accounts.js';

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
      bytes: 424,
    });
    expect(await streams.load(account, '2')).toEqual({ state: account.initial, revision: -1, position: 0, bytes: 0 });
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

  it('reads a stream without events once', async () => {
    const { reads } = store;
    for (let index = 0; index < 3; index += 1) expect((await streams.load(account, '1')).revision).toBe(-1);
    expect(store.reads).toBe(reads + 1);
  });

  it.each([0, 1])('looks again where it is not known whether events were appended, after %i events', async (before) => {
    for (let index = 0; index < before; index += 1) await decide(deposit(1));
    await streams.load(account, '1');
    const again = () => as({ commandId: 'a' }, () => streams.decide(account, '1', deposit(5)));
    const lost = new Unavailable('store-unavailable', 'The answer is lost.', 5);
    const appending = jest.spyOn(store, 'appendAll').mockImplementationOnce(async (writes, checks) => {
      await SqliteEventStore.prototype.appendAll.call(store, writes, checks);
      throw lost;
    });
    await expect(again()).rejects.toBe(lost);
    expect((await streams.load(account, '1')).state.balance).toBe(before + 5);
    expect(await again()).toMatchObject({ revision: before });
    appending.mockRestore();
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

describe('the handler of a command', () => {
  class Deposit extends command({
    says: 'Puts money into an account.',
    about: 'accountId',
    fields: { amount: whole(1, 100) },
  }) {}

  it('runs the rule on the stream that the command names, with facts that are looked up for every attempt', async () => {
    use(SharedStore);
    const rule = (state: Account, { amount }: Deposit, _: string, facts: { limit: number }) => {
      if (state.balance + amount > facts.limit) throw new Refusal('limit-reached', 'Too much.', facts);
      return deposit(amount)(state);
    };
    const asked: number[] = [];
    const Handler = handle(Deposit, account, rule, async ({ command, state, streams: other, envelope }) => {
      asked.push(state.balance);
      expect([command.amount, envelope.actor.id]).toEqual([5, 'ada']);
      return { limit: (await other.load(account, 'limit')).state.balance };
    }) as unknown as new (streams: Streams) => { execute(command: Deposit): Promise<Decided> };
    const handler = new Handler(streams);
    const execute = () => as({}, () => handler.execute(new Deposit('1', { amount: 5 })));

    await expect(execute()).rejects.toMatchObject({ code: 'limit-reached', details: { limit: 0 } });
    await as({}, () => others.decide(account, 'limit', deposit(10)));
    expect(await execute()).toMatchObject({ id: '1', revision: 0 });
    asked.length = 0;
    meanwhile(deposit(1));
    await expect(execute()).rejects.toMatchObject({ code: 'limit-reached', details: { limit: 10 } });
    expect(asked).toEqual([5, 6]);
  });
});

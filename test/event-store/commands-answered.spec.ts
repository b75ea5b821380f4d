import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Streams } from '../../libs/event-store/streams.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import {
  account,
  as,
  clock,
  close,
  decide,
  deposit,
  others,
  OwnStore,
  reopen,
  SharedStore,
  store,
  streams,
  types,
  use,
} from './accounts.js';
import type { AccountEvent } from './accounts.js';

afterEach(() => store.close());

describe.each([
  ['a store of its own', OwnStore],
  ['a shared store', SharedStore],
])('on %s', (_, Store) => {
  beforeEach(() => use(Store));

  it('holds the caller to the revision of If-Match', async () => {
    await decide(deposit(1));
    expect(await decide(deposit(1), { expectedRevision: [0] })).toMatchObject({ revision: 1 });
    const stale = { code: 'revision-stale', status: 412, details: { revision: 1 } };
    await expect(decide(deposit(1), { expectedRevision: [0] })).rejects.toMatchObject(stale);
    await expect(decide(deposit(0), { expectedRevision: [5] })).rejects.toMatchObject(stale);
    await expect(decide(close, { expectedRevision: [-1] })).rejects.toMatchObject(stale);
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
    expect(await decide(deposit(1), { commandId: 'key', expectedRevision: [0] }, { amount: 6 })).toEqual(answer);
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
  const append = store.appendAll.bind(store);
  store.appendAll = (...given) => {
    appends.push(given[0][0]!.stream);
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

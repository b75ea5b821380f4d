import { join } from 'node:path';
import { Refusal } from '../../libs/errors.js';
import { decider } from '../../libs/event-store/decider.js';
import { under } from '../../libs/event-store/envelope.js';
import type { Envelope } from '../../libs/event-store/envelope.js';
import type { Appended, Check, EventOf, StreamPage, StreamRange, Write } from '../../libs/event-store/event-store.js';
import { holds, WrongExpectedRevision } from '../../libs/event-store/event-store.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { Streams } from '../../libs/event-store/streams.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { TestClock } from '../support/clock.js';
import { wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { writer } from '../support/stores.js';

/** Accounts, as deciders see them, and two processes that decide on them. */
type AccountEvents = {
  Deposited: { amount: number };
  Closed: Record<string, never>;
  Reopened: Record<string, never>;
};
export type AccountEvent = EventOf<AccountEvents>;
export interface Account {
  readonly balance: number;
  readonly closed: boolean;
}

export const account = decider<Account, AccountEvents>({
  category: 'account',
  initial: { balance: 0, closed: false },
  evolve: {
    Deposited: (state, { amount }) => ({ ...state, balance: state.balance + amount }),
    Closed: (state) => ({ ...state, closed: true }),
    Reopened: (state) => ({ ...state, closed: false }),
  },
});

export function deposit(amount: number) {
  return ({ closed }: Account): AccountEvent[] => {
    if (closed) throw new Refusal('account-closed', 'The account is closed.');
    return amount === 0 ? [] : [{ type: 'Deposited', data: { amount } }];
  };
}
export const close = ({ closed }: Account): AccountEvent[] => (closed ? [] : [{ type: 'Closed', data: {} }]);
export const reopen = (): AccountEvent[] => [{ type: 'Reopened', data: {} }];

export const sent: Envelope = { actor: { id: 'ada', name: 'Ada' }, source: 'api', correlationId: 'correlation' };
export const as = <Result>(more: Partial<Envelope>, work: () => Result) => under({ ...sent, ...more }, work);

/** The embedded store as a shared one would behave: others append to it, also between a decision and its append. */
export class SharedStore extends SqliteEventStore {
  override readonly exclusive: boolean = false;
  meanwhile: (() => Promise<unknown>) | undefined;
  reads = 0;
  /** What the answer to the next read waits for. */
  slow: Promise<void> | undefined;

  override async appendAll(writes: readonly Write[], checks?: readonly Check[]): Promise<readonly Appended[]> {
    await this.meanwhile?.();
    return super.appendAll(writes, checks);
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

/** A shared store as a server that appends to one stream at a time: checks first, then one write after another. */
export class OneByOneStore extends SharedStore {
  override readonly atomic: boolean = false;
  /** Called behind each write. */
  written: ((stream: string) => Promise<unknown>) | undefined;

  override async appendAll(writes: readonly Write[], checks: readonly Check[] = []): Promise<readonly Appended[]> {
    for (const { stream, expected } of checks) {
      const current = (await super.readStream(stream, { backwards: true, limit: 1 })).events[0]?.revision ?? -1;
      if (!holds(expected, current)) throw new WrongExpectedRevision(stream, expected, current);
    }
    const answers: Appended[] = [];
    for (const write of writes) {
      answers.push(...(await super.appendAll([write])));
      await this.written?.(write.stream);
    }
    return answers;
  }
}

export class OwnStore extends SharedStore {
  override readonly exclusive = true;
}

export const clock = new TestClock();
export let store: SharedStore;
export let streams: Streams;
/** Another process on the same log. */
export let others: Streams;

export function use(Store: typeof SharedStore): void {
  store = new Store({ path: join(folder(), 'events.db'), clock, writer });
  streams = new Streams(store, clock, new Upcasting());
  others = new Streams(store, clock, new Upcasting());
}

/** What another process does between the next decision and its append. */
export function meanwhile(rule: (state: Account) => AccountEvent[], times = 1): void {
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

export const decide = (
  rule: (state: Account, now: string) => AccountEvent[] | Promise<AccountEvent[]>,
  more: Partial<Envelope> = {},
  payload?: unknown,
) => as(more, () => streams.decide(account, '1', rule, payload));
export const types = async () => (await wholeLog(store)).map(({ type }) => type);

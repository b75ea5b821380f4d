import { projection } from '../../libs/read-models/projection.js';
import { readModel, rollup } from '../../libs/read-models/rollup.js';

/** Accounts that lie in a region, for programs that are killed: nothing here needs a test runner. */
export type AccountEvents = { AccountSeen: { id: string; region: string; day: string; took: number } };

interface Account {
  readonly id: string;
  readonly region: string;
  readonly day: string;
  readonly took: number;
  readonly seen: number;
}

const accounts = projection<Account, AccountEvents>({
  name: 'accounts',
  version: 1,
  id: ({ data }) => data.id,
  starts: { AccountSeen: ({ data }) => ({ ...data, seen: 1 }) },
  on: { AccountSeen: ({ seen }, { data }) => ({ ...data, seen: seen + 1 }) },
  indexes: [['region']],
});

const perRegion = rollup({
  name: 'per-region',
  version: 1,
  of: accounts,
  dimensions: ['region'],
  measures: ['accounts', 'seen'],
  durations: ['took'],
  cells: ({ region, day, took, seen }) => [
    { day, key: { region }, measures: { accounts: 1, seen }, durations: { took } },
  ],
});

/** A report whose cells cancel out whenever accounts change places. */
const standing = rollup({
  name: 'standing',
  version: 1,
  of: accounts,
  dimensions: ['region'],
  measures: ['accounts'],
  cells: ({ region, day }) => [{ day, key: { region }, measures: { accounts: 1 } }],
});

export const accountModel = readModel(accounts, perRegion, standing);

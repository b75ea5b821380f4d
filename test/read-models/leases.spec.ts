import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import { HeldLeases } from '../../libs/read-models/building/leases.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { folder } from '../support/folder.js';

const TIME_TO_LIVE = 9_000;
/** Ten read models in three partitions each. */
const shares = Array.from({ length: 30 }, (_, index) => `model-${Math.floor(index / 3)}/${index % 3}`);

let readModels: SqliteReadModels;
let time: number;
let all: HeldLeases[];
beforeEach(() => {
  readModels = new SqliteReadModels({ path: join(folder(), 'read-models.db'), clock: new SystemClock() });
  time = 0;
  all = [];
});
afterEach(async () => {
  for (const leases of all) await leases.stop();
  await readModels.close();
});

/** Each has a clock of its own, that shows another time. */
function joins(id: string): HeldLeases {
  const apart = all.length * 1_000_000;
  const now = () => time + apart;
  all.push(new HeldLeases({ readModels, kind: 'projections', timeToLive: TIME_TO_LIVE, now, id }));
  return all.at(-1)!;
}

const held = (leases: HeldLeases) => shares.filter((share) => leases.epochOf(share) !== undefined);
const look = async (...those: HeldLeases[]) => {
  for (const leases of those) await leases.look(shares);
};

it('one who is alone holds everything', async () => {
  const ann = joins('ann');
  await look(ann);
  expect(held(ann)).toEqual(shares);
});

it('those who join get their part, and nobody holds what another one does', async () => {
  const [ann, bob, cid] = [joins('ann'), joins('bob'), joins('cid')];
  await look(ann, bob, cid);
  await look(ann, bob, cid);
  await look(ann, bob, cid);
  const parts = [ann, bob, cid].map(held);
  expect(parts.flat().sort()).toEqual([...shares].sort());
  for (const part of parts) expect(part.length).toBe(10);
});

it.each([
  [2, 2],
  [3, 1],
] as const)('of %i nobody has more than an even part, nor more than %i of a read model', async (count, ofEach) => {
  const among = Array.from({ length: count }, (_, index) => joins(`worker ${index}`));
  for (let time = 0; time < 3; time += 1) await look(...among);
  for (const part of among.map(held)) {
    expect(part.length).toBeLessThanOrEqual(Math.ceil(30 / count));
    const models = shares.filter((share) => share.endsWith('/0')).map((share) => share.split('/')[0]!);
    for (const model of models) {
      expect(part.filter((share) => share.startsWith(`${model}/`)).length).toBeLessThanOrEqual(ofEach);
    }
  }
  expect(among.flatMap(held).sort()).toEqual([...shares].sort());
});

it('who joins gets what the others have too much, and nothing else moves', async () => {
  const [ann, bob] = [joins('ann'), joins('bob')];
  for (let time = 0; time < 3; time += 1) await look(ann, bob);
  const before = [held(ann), held(bob)];
  const cid = joins('cid');
  for (let time = 0; time < 3; time += 1) await look(cid, ann, bob);
  expect(before[0]).toEqual(expect.arrayContaining(held(ann)));
  expect(before[1]).toEqual(expect.arrayContaining(held(bob)));
  expect([ann, bob, cid].flatMap(held).sort()).toEqual([...shares].sort());
});

it('what somebody leaves is taken at once, and nothing else moves', async () => {
  const [ann, bob, cid] = [joins('ann'), joins('bob'), joins('cid')];
  for (let time = 0; time < 3; time += 1) await look(ann, bob, cid);
  const before = [held(ann), held(bob)];
  await cid.stop();
  await look(ann, bob);
  expect([...held(ann), ...held(bob)].sort()).toEqual([...shares].sort());
  expect(held(ann)).toEqual(expect.arrayContaining(before[0]!));
  expect(held(bob)).toEqual(expect.arrayContaining(before[1]!));
  expect((await readModels.leases()).map(({ share }) => share)).not.toContain('projections:@cid');
});

it('what a silent one holds is taken after a time to live of those who look, and not before', async () => {
  const [ann, bob] = [joins('ann'), joins('bob')];
  for (let time = 0; time < 3; time += 1) await look(bob, ann);
  const its = held(bob);
  expect(its.length).toBeGreaterThan(3);
  time = TIME_TO_LIVE - 1;
  await look(ann);
  expect(held(ann)).not.toEqual(expect.arrayContaining(its));
  time = TIME_TO_LIVE;
  await look(ann);
  expect(held(ann)).toEqual(shares);
  const epochs = new Map((await readModels.leases()).map(({ share, epoch }) => [share, epoch]));
  for (const share of its) expect(ann.epochOf(share)).toBe(epochs.get(share));
});

it('one who could not show that it lives holds nothing by then, whatever the others do', async () => {
  const ann = joins('ann');
  await look(ann);
  time = TIME_TO_LIVE - 1;
  expect(held(ann)).toEqual(shares);
  time = TIME_TO_LIVE;
  expect(held(ann)).toEqual([]);
  await ann.beat();
  expect(held(ann)).toEqual(shares);
});

it('one who comes back finds that others hold what it held, and takes part again', async () => {
  const [ann, bob] = [joins('ann'), joins('bob')];
  for (let time = 0; time < 3; time += 1) await look(bob, ann);
  const its = held(bob);
  time = TIME_TO_LIVE;
  await look(ann);
  await bob.beat();
  expect(held(bob)).toEqual([]);
  await look(ann, bob);
  expect(held(bob).length).toBe(its.length);
  expect([...held(ann), ...held(bob)].sort()).toEqual([...shares].sort());
});

it('what is of another kind is shared out among others', async () => {
  const ann = joins('ann');
  const other = new HeldLeases({ readModels, kind: 'processes', timeToLive: TIME_TO_LIVE, now: () => time, id: 'bob' });
  await other.look(['process:x']);
  await look(ann);
  expect(held(ann)).toEqual(shares);
  expect(other.epochOf('process:x')).toBe(1);
  await other.stop();
});

it('what is lost is not used any more', async () => {
  const ann = joins('ann');
  await look(ann);
  expect(ann.isDue).toBe(false);
  ann.forget(shares[0]!);
  expect(held(ann)).toEqual(shares.slice(1));
  expect(ann.isDue).toBe(true);
});

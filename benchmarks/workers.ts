import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SystemClock } from '../libs/clock.js';
import { SqliteReadModels } from '../libs/read-models/sqlite/sqlite.read-models.js';
import { readModels as definitions } from '../apps/program/definitions.js';
import { Child } from './child.js';
import { machine } from './machine.js';
import { spreadOf } from './measure.js';
import type { Figure, Measurement } from './measure.js';
import { stagesFor } from './costs.js';
import type { Costs, Spent } from './costs.js';
import { simulate } from './simulation.js';
import type { Order, Worked } from './worker-run.js';
import type { Workspace } from './workspace.js';

const PARTITIONS = 3;
const PAGE = 4_000;
const COUNTS = [1, 2, 3];

interface Kind {
  readonly workers: number;
  readonly partitions: number;
  readonly page: number;
}

interface Run {
  readonly seconds: number;
  readonly worked: readonly Worked[];
}

/** One worker as it is, with smaller pages and with fewer shares: what tells the costs of pages, shares and events apart. */
const ALONE = { workers: 1, partitions: PARTITIONS, page: PAGE };
const SMALL_PAGES = { ...ALONE, page: PAGE / 4 };
const FEW_SHARES = { ...ALONE, partitions: 1 };

/**
 * All read models built by one, two and three workers, beside what the simulation says of them when it only knows what one
 * worker spent where, and how much slower the machine is when every core of it is taken.
 */
export const workers: Measurement = {
  name: 'workers',
  large: true,
  async run({ workspace, rounds, note }) {
    const { log, events, eventBytes } = await workspace.log('year');
    const runs = { alone: [] as Run[], small: [] as Run[], few: [] as Run[] };
    const several = new Map<number, Run[]>(COUNTS.map((count) => [count, []]));
    const crowded: number[] = [];
    const build = async (kind: Kind) => {
      const run = await built(workspace, log, events, kind);
      note(
        `${kind.workers} workers, ${kind.partitions} partitions, pages of ${kind.page}: ${run.seconds.toFixed(1)} s`,
      );
      return run;
    };
    for (let round = 0; round < rounds; round += 1) {
      runs.alone.push(await build(ALONE));
      runs.small.push(await build(SMALL_PAGES));
      runs.few.push(await build(FEW_SHARES));
      for (const count of COUNTS) {
        several.get(count)!.push(count === 1 ? runs.alone.at(-1)! : await build({ ...ALONE, workers: count }));
      }
      // As many as there are cores, each with read models of its own: all they share is the machine.
      const apart = await Promise.all(Array.from({ length: machine().cores }, () => build(ALONE)));
      crowded.push(Math.max(...apart.map(pagingOf)) / pagingOf(runs.alone.at(-1)!));
    }
    const spent = (some: readonly Run[], { partitions }: Kind): Spent => {
      const { seconds, worked } = middleOf(some);
      return { seconds, worked: worked[0]!, events, shares: definitions.length * partitions };
    };
    const costs: Costs = {
      alone: spent(runs.alone, ALONE),
      small: spent(runs.small, SMALL_PAGES),
      few: spent(runs.few, FEW_SHARES),
    };
    const cores = { places: machine().cores, crowded: spreadOf(crowded).median };
    const size = { shares: definitions.length * PARTITIONS, page: PAGE, events };
    const plan = { ...size, stages: stagesFor(costs, size), resources: { cores, writer: { places: 1 } } };
    return COUNTS.map((count): Figure => {
      const measured = several.get(count)!.map(({ seconds }) => events / seconds);
      const { rate, busy } = simulate({ ...plan, workers: count });
      const error = (rate / spreadOf(measured).median - 1) * 100;
      const [name, share] = Object.entries(busy).sort(([, one], [, other]) => other - one)[0]!;
      return {
        name: `all read models in ${PARTITIONS} partitions, built by ${count} ${count === 1 ? 'worker' : 'workers'}`,
        unit: 'events/s',
        values: measured,
        eventBytes,
        note: `simulated ${Math.round(rate)} events/s, ${error.toFixed(0)} % off; busiest: ${name}, ${(share * 100).toFixed(0)} %`,
        details: { costs, crowded, runs: several.get(count) },
      };
    });
  },
};

/** From nothing until everything serves, by workers that have been loaded before. */
async function built(workspace: Workspace, log: string, events: number, kind: Kind): Promise<Run> {
  const { workers: count, partitions, page } = kind;
  const folder = workspace.folder();
  const readModels = new SqliteReadModels({ path: join(folder, 'read-models.db'), clock: new SystemClock() });
  const children = Array.from(
    { length: count },
    () => new Child<Order, Worked>('worker-run', log, folder, String(partitions), String(page)),
  );
  const all = (order: Order['do']) => Promise.all(children.map((child) => child.ask({ do: order })));
  try {
    await all('load');
    const begun = performance.now();
    await all('start');
    while (!(await isServed(readModels, events, partitions))) await sleep(50);
    const seconds = (performance.now() - begun) / 1_000;
    return { seconds, worked: await all('stop') };
  } finally {
    await Promise.all(children.map((child) => child.stop()));
    await readModels.close();
    workspace.drop(folder);
  }
}

async function isServed(readModels: SqliteReadModels, events: number, partitions: number): Promise<boolean> {
  const active = (await readModels.generations()).filter(({ state }) => state === 'active');
  return active.length === definitions.length * partitions && active.every(({ position }) => position >= events);
}

const pagingOf = ({ worked: [worked] }: Run): number => worked!.paging;

const middleOf = (runs: readonly Run[]): Run =>
  [...runs].sort((one, other) => one.seconds - other.seconds)[Math.floor((runs.length - 1) / 2)]!;

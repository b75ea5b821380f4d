import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SystemClock } from '../libs/clock.js';
import { SqliteReadModels } from '../libs/read-models/sqlite.read-models.js';
import { readModels as definitions } from '../projections/index.js';
import { Child } from './child.js';
import { machine } from './machine.js';
import { spreadOf } from './measure.js';
import type { Figure, Measurement } from './measure.js';
import { simulate } from './simulation.js';
import type { Plan } from './simulation.js';
import type { Worked } from './working.js';
import type { Workspace } from './workspace.js';

const PARTITIONS = 3;
const COUNTS = [1, 2, 3];

interface Run {
  readonly seconds: number;
  readonly worked: readonly Worked[];
}

/**
 * All read models built by one, two and three workers, beside what the simulation says of them when it only knows what one
 * worker spent where.
 */
export const workers: Measurement = {
  name: 'workers',
  large: true,
  async run({ workspace, rounds, note }) {
    const { log, events, eventBytes } = await workspace.log('year');
    const runs = new Map<number, Run[]>(COUNTS.map((count) => [count, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const count of COUNTS) {
        const run = await built(workspace, log, events, count);
        runs.get(count)!.push(run);
        note(`${count} workers: ${run.seconds.toFixed(1)} s`);
      }
    }
    const plan = calibrated(runs.get(1)!, events);
    return COUNTS.map((count): Figure => {
      const measured = runs.get(count)!.map(({ seconds }) => events / seconds);
      const { rate, busy } = simulate({ ...plan, workers: count });
      const error = (rate / spreadOf(measured).median - 1) * 100;
      const first = Object.entries(busy).sort(([, one], [, other]) => other - one)[0]!;
      return {
        name: `all read models in ${PARTITIONS} partitions, built by ${count} ${count === 1 ? 'worker' : 'workers'}`,
        unit: 'events/s',
        values: measured,
        eventBytes,
        note: `simulated ${Math.round(rate)} events/s, ${error.toFixed(0)} % off; busiest: ${first[0]}, ${(first[1] * 100).toFixed(0)} %`,
        details: { plan, runs: runs.get(count) },
      };
    });
  },
};

/** From nothing until everything serves. */
async function built(workspace: Workspace, log: string, events: number, count: number): Promise<Run> {
  const folder = workspace.folder();
  const readModels = new SqliteReadModels({ path: join(folder, 'read-models.db'), clock: new SystemClock() });
  const children = Array.from(
    { length: count },
    () => new Child<object, Worked>('working', log, folder, String(PARTITIONS)),
  );
  try {
    const begun = performance.now();
    await Promise.all(children.map((child) => child.ask({})));
    while (!(await isServed(readModels, events))) await sleep(50);
    const seconds = (performance.now() - begun) / 1_000;
    return { seconds, worked: await Promise.all(children.map((child) => child.ask({}))) };
  } finally {
    await Promise.all(children.map((child) => child.stop()));
    await readModels.close();
    workspace.drop(folder);
  }
}

async function isServed(readModels: SqliteReadModels, events: number): Promise<boolean> {
  const active = (await readModels.generations()).filter(({ state }) => state === 'active');
  return active.length === definitions.length * PARTITIONS && active.every(({ position }) => position >= events);
}

/** What one worker spent, shared out over its pages: reading and folding take a core, writing a core and the only writer. */
function calibrated(runs: readonly Run[], events: number): Plan {
  const middle = [...runs].sort((one, other) => one.seconds - other.seconds)[Math.floor(runs.length / 2)]!;
  const [{ reading, writing, pages }] = middle.worked as [Worked];
  const shares = definitions.length * PARTITIONS;
  const page = Math.ceil(events / pages);
  const perPage = (seconds: number) => seconds / pages;
  const perShare = (seconds: number) => perPage(seconds) / shares;
  return {
    resources: { cores: machine().cores, writer: 1 },
    stages: [
      { at: ['cores'], perPage: perPage(reading), perShare: 0, perEvent: 0 },
      { at: ['cores'], perPage: 0, perShare: perShare(middle.seconds - reading - writing), perEvent: 0 },
      { at: ['cores', 'writer'], perPage: 0, perShare: perShare(writing), perEvent: 0 },
    ],
    workers: 1,
    shares,
    page,
    own: 1,
    events,
  };
}

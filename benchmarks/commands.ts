import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { Child } from './child.js';
import type { Answered, Load } from './load.js';
import { makeLog } from './log.js';
import type { Bench, Figure, Measurement, Target, Unit } from './measure.js';
import type { ProcessorTime } from './processor-time.js';
import { customersIn } from './customer-ids.js';

const CONNECTIONS = 64;
const SECONDS = 2;
const CUSTOMERS = 1_000;
const body = JSON.stringify({
  channel: 'call',
  direction: 'outbound',
  summary: 'Asked for the new price list and a quote for the coming quarter',
  durationMinutes: 12,
});

/** Routes that are asked, and the program that has them. */
const routes = { bare: 'bare', 'no-op': 'program', customers: 'program' } as const;
type Route = keyof typeof routes;

/** What a round measured of one route. */
interface Asked extends Answered {
  /** Processor time for each answer, in microseconds: of the main thread, of all threads. */
  readonly main: number;
  readonly all: number;
}

/**
 * Commands that are stored before they are answered, and a route of the program that stores nothing, against a bare route of the server
 * library that parses the same body.
 */
export const commands: Measurement = {
  name: 'commands',
  async run(bench) {
    return [...(await served(bench, true)), ...(await served(bench, false))];
  },
};

async function served({ workspace, rounds, note }: Bench, projecting: boolean): Promise<Figure[]> {
  const folder = workspace.folder();
  const log = join(folder, 'events.db');
  const { eventBytes } = await makeLog(log, { customers: CUSTOMERS, events: CUSTOMERS * 4 });
  const customers = (await customersIn(log)).slice(0, CUSTOMERS);
  const servers = {
    program: new Child<'time', { url: string } & ProcessorTime>('server', folder, projecting ? 'projecting' : 'alone'),
    bare: new Child<'time', { url: string } & ProcessorTime>('bare-server'),
  };
  const urls = { program: (await servers.program.answer()).url, bare: (await servers.bare.answer()).url };
  const load = new Child<Load, Answered>('load');
  const ask = async (route: Route): Promise<Asked> => {
    const [server, url] = [servers[routes[route]], urls[routes[route]]];
    const paths = customers.map((id) => `/${route}/${id}/interactions`);
    const before = await server.ask('time');
    const answered = await load.ask({ url, paths, body, connections: CONNECTIONS, seconds: SECONDS });
    if (answered.failed > 0) throw new Error(`${answered.failed} requests to ${route} were not accepted`);
    await quiet(urls.program, projecting);
    const after = await server.ask('time');
    const of = (what: keyof ProcessorTime) => (after[what] - before[what]) / answered.count;
    return { ...answered, main: of('main'), all: of('all') };
  };
  await quiet(urls.program, projecting);
  note(`warming up, ${projecting ? 'with' : 'without'} the projecting thread`);
  const asked = { bare: [] as Asked[], 'no-op': [] as Asked[], customers: [] as Asked[] };
  for (const route of Object.keys(routes) as Route[]) await ask(route);
  for (let round = 1; round <= rounds; round += 1) {
    for (const route of Object.keys(routes) as Route[]) asked[route].push(await ask(route));
  }
  for (const child of [load, servers.program, servers.bare]) await child.stop();
  workspace.drop(folder);
  const figure = (name: string, unit: Unit, route: Route, what: keyof Asked, target?: Target): Figure => ({
    name: `${name}, ${projecting ? 'projecting beside them' : 'nothing beside them'}`,
    unit,
    values: asked[route].map((each) => each[what]),
    ceiling: { name: 'bare route', values: asked.bare.map((each) => each[what]) },
    ...(target && projecting && { target }),
    ...(route === 'customers' && { eventBytes, durability: 'full' }),
  });
  return [
    {
      ...figure('empty route of the program', 'requests/s', 'no-op', 'perSecond', { of: 'ratio', atLeast: 0.6 }),
      details: asked,
    },
    figure(`commands over HTTP, ${CONNECTIONS} connections`, 'requests/s', 'customers', 'perSecond', {
      of: 'ratio',
      atLeast: 0.25,
    }),
    figure('their p99', 'ms', 'customers', 'p99', { of: 'ratio', atMost: 5 }),
    figure('processor time of a command, main thread', 'µs', 'customers', 'main', { of: 'value', atMost: 110 }),
    figure('processor time of a command, all threads', 'µs', 'customers', 'all', { of: 'value', atMost: 220 }),
    figure('processor time of an empty request, main thread', 'µs', 'no-op', 'main'),
  ];
}

/** Waits until what was stored has been projected and reacted to: the next round has the machine to itself. */
async function quiet(url: string, projecting: boolean): Promise<void> {
  if (!projecting) return void (await sleep(500));
  for (;;) {
    const response = await fetch(`${url}/projections`);
    const all = (await response.json()) as { active: { lag: number } | null }[];
    if (all.every(({ active }) => active?.lag === 0)) return;
    await sleep(50);
  }
}

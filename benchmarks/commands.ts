import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { Child } from './child.js';
import type { Answered, Load } from './load.js';
import { makeLog } from './log.js';
import type { Bench, Figure, Measurement } from './measure.js';
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

/** Commands that are stored before they are answered, against a route of the same program that stores nothing. */
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
  const server = new Child<never, { url: string }>('server', folder, projecting ? 'projecting' : 'alone');
  const load = new Child<Load, Answered>('load');
  const { url } = await server.answer();
  const ask = async (route: string, seconds = SECONDS) => {
    const paths = customers.map((id) => `/${route}/${id}/interactions`);
    const answered = await load.ask({ url, paths, body, connections: CONNECTIONS, seconds });
    if (answered.failed > 0) throw new Error(`${answered.failed} requests to ${route} were not accepted`);
    await quiet(url, projecting);
    return answered;
  };
  await quiet(url, projecting);
  note(`warming up, ${projecting ? 'with' : 'without'} the projecting thread`);
  for (const route of ['no-op', 'customers']) await ask(route);
  const stored: Answered[] = [];
  const nothing: Answered[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    nothing.push(await ask('no-op'));
    stored.push(await ask('customers'));
  }
  await load.stop();
  await server.stop();
  workspace.drop(folder);
  const setting = projecting ? 'projecting beside them' : 'nothing beside them';
  const of = (what: 'perSecond' | 'p99') => ({
    values: stored.map((each) => each[what]),
    ceiling: { name: 'no-op route', values: nothing.map((each) => each[what]) },
    eventBytes,
    durability: 'full' as const,
  });
  return [
    {
      name: `commands over HTTP, ${CONNECTIONS} connections, ${setting}`,
      unit: 'requests/s',
      ...of('perSecond'),
      ...(projecting && { target: { of: 'ratio', atLeast: 0.35 } }),
      details: { stored, nothing },
    },
    {
      name: `their p99, ${setting}`,
      unit: 'ms',
      ...of('p99'),
      ...(projecting && { target: { of: 'ratio', atMost: 4 } }),
    },
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

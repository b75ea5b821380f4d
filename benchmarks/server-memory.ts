import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOf, Child } from './child.js';
import { customersIn } from './customer-ids.js';
import type { Answered, Load } from './load.js';
import { makeLog } from './log.js';
import type { Bench, Figure, Measurement } from './measure.js';
import type { ProcessorTime } from './processor-time.js';
import type { Rebuilt } from './rebuild-run.js';
import { readModelsIn } from './workspace.js';

const COMMANDS = 43_000;
const CUSTOMERS = 1_000;
const CONNECTIONS = 64;
const SECONDS = 2;
/** Times that each large report is asked for. */
const TIMES = 10;
const REPORTS = [
  'rfm?basis=customer',
  'retention?by=owner,tier',
  'portfolio?by=owner',
  'rfm?basis=customer&format=csv',
];
const body = JSON.stringify({
  channel: 'call',
  direction: 'outbound',
  summary: 'Asked for a quote',
  durationMinutes: 12,
});

/** Memory of a server with its projector: what stays resident after many commands, and after reports of many rows. */
export const serverMemory: Measurement = {
  name: 'server-memory',
  async run(bench) {
    const commands: number[] = [];
    const reports: number[] = [];
    for (let round = 0; round < bench.rounds; round += 1) {
      commands.push(await afterCommands(bench));
      reports.push(await afterReports(bench));
    }
    const figure = (name: string, values: readonly number[]): Figure => ({
      name: `memory of a server after ${name}`,
      unit: 'MB',
      values,
      target: { of: 'value', atMost: 250 },
    });
    return [
      figure(`${COMMANDS.toLocaleString('en')} commands`, commands),
      figure(`${TIMES} times each of ${REPORTS.length} reports on 23,500 customers`, reports),
    ];
  },
};

async function afterCommands({ workspace }: Bench): Promise<number> {
  const folder = workspace.folder();
  const log = join(folder, 'events.db');
  await makeLog(log, { customers: CUSTOMERS, events: CUSTOMERS * 4 });
  const paths = (await customersIn(log)).map((id) => `/customers/${id}/interactions`);
  return serving(folder, async (url) => {
    const load = new Child<Load, Answered>('load');
    for (let sent = 0; sent < COMMANDS;) {
      const answered = await load.ask({ url, paths, body, connections: CONNECTIONS, seconds: SECONDS });
      if (answered.failed > 0) throw new Error(`${answered.failed} commands were not accepted`);
      sent += answered.count;
    }
    await load.stop();
  });
}

async function afterReports({ workspace }: Bench): Promise<number> {
  const { folder, log } = await workspace.log('buyers');
  const copy = workspace.copy(folder);
  await answerOf<Rebuilt>('rebuild-run', 'build', log, readModelsIn(copy), 'all');
  return serving(copy, async (url) => {
    for (let time = 0; time < TIMES; time += 1) {
      for (const report of REPORTS) {
        const answer = await fetch(`${url}/reports/${report}`);
        if (!answer.ok) throw new Error(`${report}: ${await answer.text()}`);
        await answer.arrayBuffer();
      }
    }
  });
}

/** @returns what a server has resident after the work, in MB */
async function serving(folder: string, work: (url: string) => Promise<void>): Promise<number> {
  const server = new Child<'time', { url: string } & ProcessorTime>('server', folder, 'projecting');
  const { url } = await server.answer();
  await work(url);
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1];
  await server.stop();
  return Number(resident) / 1_024;
}

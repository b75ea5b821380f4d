import { answerOf, Child } from './child.js';
import { rounds } from './measure.js';
import type { Figure, Measurement } from './measure.js';
import type { ProcessorTime } from './processor-time.js';
import type { Rebuilt } from './rebuild-run.js';
import { readModelsIn } from './workspace.js';

const TIMES = 10;
const LIMIT = 50;

interface Page {
  readonly rows: readonly unknown[];
  readonly next?: string;
}

/** The report that ranks all customers among each other, over HTTP. */
export const rfm: Measurement = {
  name: 'rfm',
  async run({ workspace, rounds: count }) {
    const { folder, log, eventBytes } = await workspace.log('buyers');
    const copy = workspace.copy(folder);
    await answerOf<Rebuilt>('rebuild-run', 'build', log, readModelsIn(copy), 'all');
    const server = new Child<'time', { url: string } & ProcessorTime>('server', copy, 'alone');
    const { url } = await server.answer();
    const get = async (query: string) => (await (await fetch(`${url}/reports/rfm?${query}`)).json()) as Page;
    let cursor: string | undefined;
    const values = await rounds(count, {
      segments: () => milliseconds(() => get('basis=segment')),
      // Another limit makes no other rows, so a filter that all customers meet has them ranked anew each time.
      first: () => milliseconds(() => get(`basis=customer&limit=${LIMIT}&to=${day()}`)),
      next: () =>
        milliseconds(async () => {
          const page = await get(`basis=customer&limit=${LIMIT}${cursor === undefined ? '' : `&cursor=${cursor}`}`);
          if (page.rows.length !== LIMIT) throw new Error('a page is not full');
          cursor = page.next;
        }),
    });
    await server.stop();
    workspace.drop(copy);
    const figure = (name: string, each: readonly number[], atMost: number): Figure => ({
      name: `rfm over HTTP, 23,500 customers: ${name}`,
      unit: 'ms',
      values: each,
      eventBytes,
      target: { of: 'value', atMost },
    });
    return [
      figure('by segment', values.segments, 50),
      figure(`first page of ${LIMIT} customers`, values.first, 50),
      figure(`a page behind it`, values.next, 10),
    ];
  },
};

let days = 0;
const day = (): string => new Date(Date.UTC(2100, 0, (days += 1))).toISOString().slice(0, 10);

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (let time = 0; time < TIMES; time += 1) await work();
  return (performance.now() - start) / TIMES;
}

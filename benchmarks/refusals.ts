import { createHttp, describe } from '../apps/api/http.js';
import { running } from '../apps/api/serve.js';
import { NotProjecting } from './answering.js';
import { hostileBodies } from './hostile-bodies.js';
import type { HostileBody } from './hostile-bodies.js';
import { seconds, spreadOf } from './measure.js';
import type { Measurement } from './measure.js';
import { configFor } from './workspace.js';

/** The largest body that is read, less what a shape adds around its parts. */
const BYTES = 1_048_576 - 5_000;
/** What a refusal may cost beside reading the body: a few times that. */
const FEW = 4;
/** Bodies are parsed and refused so many times; the least counts, since everything else is the machine's. */
const TIMES = 3;

/** One body: milliseconds to parse it, and to have it refused. */
interface Refused extends Omit<HostileBody, 'text'> {
  readonly parsed: number;
  readonly refused: number;
}

/** What the largest bodies cost that have the form of no command, sent to every command, against parsing them. */
export const refusals: Measurement = {
  name: 'refusals',
  async run({ workspace, rounds, note }) {
    const config = configFor(workspace.folder());
    const app = await createHttp({ ...running(config, 'bench'), projecting: () => new NotProjecting() });
    try {
      await app.init();
      const slowest: Refused[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const all: Refused[] = [];
        for (const body of hostileBodies(describe(app), BYTES)) {
          all.push(await measured(body, (path, payload) => app.inject({ method: 'POST', url: path, headers, payload })));
        }
        const [first] = all.sort((a, b) => b.refused / b.parsed - a.refused / a.parsed);
        note(`${all.length} bodies, the slowest of them ${first!.shape} to ${first!.path}`);
        slowest.push(first!);
        for (const x of all.slice(0, 40)) note(`${x.shape} ${x.path} ${x.parsed} ${x.refused} ${x.refused/x.parsed}`);
        const t = all.toSorted((a, b) => b.refused - a.refused);
        for (const x of t.slice(0, 10)) note(`${x.shape} ${x.path} ${x.parsed} ${x.refused} ${x.refused/x.parsed}`);
      }
      const values = slowest.map(({ refused }) => refused);
      return [
        {
          name: 'a body of 1 MiB refused, worst of all shapes and commands',
          unit: 'ms',
          values,
          ceiling: { name: 'parsing it', values: slowest.map(({ parsed }) => parsed) },
          target: { of: 'ratio', atMost: FEW },
          note: `${slowest[0]!.shape} to ${slowest[0]!.path}`,
          details: { slowest, spread: spreadOf(values) },
        },
      ];
    } finally {
      await app.close();
    }
  },
};

const headers = { 'content-type': 'application/json' };

async function measured(
  { path, shape, text }: HostileBody,
  send: (path: string, payload: Buffer) => Promise<{ readonly statusCode: number }>,
): Promise<Refused> {
  const payload = Buffer.from(text);
  let [parsed, refused] = [Infinity, Infinity];
  for (let time = 0; time < TIMES; time += 1) {
    parsed = Math.min(parsed, await seconds(() => void JSON.parse(payload.toString())));
    refused = Math.min(
      refused,
      await seconds(async () => {
        const { statusCode } = await send(path, payload);
        if (statusCode !== 400) throw new Error(`${shape} to ${path} was answered ${statusCode}`);
      }),
    );
  }
  return { path, shape, parsed: parsed * 1_000, refused: refused * 1_000 };
}

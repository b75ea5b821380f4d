import { fastify } from 'fastify';
import { createHttp, describe } from '../apps/program/http.js';
import { running } from '../apps/program/running.js';
import { NoProjector } from './query-bus.js';
import { hostileBodies } from './hostile-bodies.js';
import type { HostileBody } from './hostile-bodies.js';
import { seconds } from './measure.js';
import type { Measurement } from './measure.js';
import { configFor } from './workspace.js';

/** The largest body that is read, less what a shape adds around its parts. */
const BYTES = 1_048_576 - 20_000;
/** What a refusal may cost: a few times reading and parsing the body. */
const FEW = 4;
/** So many of the slowest are measured again in every round, each this often; the least counts, the rest is the machine's. */
const SUSPECTS = 10;
const TIMES = 5;

/** Sends a body to a path, without a socket. @returns the status */
type Send = (path: string, payload: Buffer) => Promise<number>;

/** One body: milliseconds to read and parse it, and to have it refused. */
interface Refused {
  readonly body: HostileBody;
  readonly parsed: number;
  readonly refused: number;
}

/** What the largest bodies cost that have the form of no command, sent to every command. */
export const refusals: Measurement = {
  name: 'refusals',
  async run({ workspace, rounds, note }) {
    const config = configFor(workspace.folder());
    const app = await createHttp({ ...running(config, 'bench'), projecting: () => new NoProjector() });
    const bare = fastify({ bodyLimit: config.BODY_LIMIT }).post('/', () => ({}));
    const send = sending(app.getHttpAdapter().getInstance());
    const parse = sending(bare);
    try {
      await app.init();
      const all: Refused[] = [];
      for (const body of hostileBodies(describe(app), BYTES)) all.push(await measured(body, send, parse, 1));
      note(`${all.length} bodies refused, the slowest ${SUSPECTS} now again`);
      const suspects = all.toSorted((a, b) => ratio(b) - ratio(a)).slice(0, SUSPECTS);
      const slowest: Refused[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const again: Refused[] = [];
        for (const { body } of suspects) again.push(await measured(body, send, parse, TIMES));
        slowest.push(again.toSorted((a, b) => ratio(b) - ratio(a))[0]!);
      }
      const { shape, path } = slowest[0]!.body;
      return [
        {
          name: `a body of 1 MiB refused, the worst of ${all.length} for all commands`,
          unit: 'ms',
          values: slowest.map(({ refused }) => refused),
          ceiling: { name: 'reading and parsing it', values: slowest.map(({ parsed }) => parsed) },
          target: { of: 'ratio', atMost: FEW },
          note: `${shape}, to ${path}`,
        },
      ];
    } finally {
      await bare.close();
      await app.close();
    }
  },
};

const ratio = ({ refused, parsed }: Refused): number => refused / parsed;

type Injectable = {
  inject(request: object): Promise<{ readonly statusCode: number }>;
};

function sending(server: Injectable): Send {
  const headers = { 'content-type': 'application/json' };
  return async (url, payload) => (await server.inject({ method: 'POST', url, headers, payload })).statusCode;
}

async function measured(body: HostileBody, send: Send, parse: Send, times: number): Promise<Refused> {
  const payload = Buffer.from(body.text);
  const expect = async (status: number, sent: Promise<number>) => {
    const answered = await sent;
    if (answered !== status) throw new Error(`${body.shape} to ${body.path} was answered ${answered}`);
  };
  let [parsed, refused] = [Infinity, Infinity];
  for (let time = 0; time < times; time += 1) {
    parsed = Math.min(parsed, await seconds(() => expect(200, parse('/', payload))));
    refused = Math.min(refused, await seconds(() => expect(400, send(body.path, payload))));
  }
  return { body, parsed: parsed * 1_000, refused: refused * 1_000 };
}

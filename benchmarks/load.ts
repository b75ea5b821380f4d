import autocannon from 'autocannon';
import type { Client, Result } from 'autocannon';
import { Chance } from './chance.js';
import { percentile } from './measure.js';

export interface Load {
  readonly url: string;
  readonly paths: readonly string[];
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface Answered {
  /** Requests answered, those while connections were opened among them. */
  readonly count: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

/** Paths that one connection asks for, by chance: asked for in step, all connections would wait for the same stream. */
const EACH = 64;
/** What happens before so many milliseconds is not counted: connections are being opened. */
const SETTLED = 500;

/** Asks as fast as it is answered, in a process of its own, since asking takes as much work as answering. */
process.on('message', (load: Load) => {
  void run(load).then((answered) => process.send?.(answered));
});
process.once('disconnect', () => process.exit());

async function run({ url, paths, body, connections, seconds }: Load): Promise<Answered> {
  const headers = { 'content-type': 'application/json' };
  let client = 0;
  const setupClient = (each: Client): void => {
    const chance = new Chance((client += 1));
    each.setRequests(Array.from({ length: EACH }, () => ({ method: 'POST', path: chance.of(paths), headers, body })));
  };
  const options = { url, method: 'POST' as const, body, connections, duration: seconds + SETTLED / 1_000, setupClient };
  const times: number[] = [];
  let [first, last, failed, count] = [0, 0, 0, 0];
  const start = performance.now();
  const { errors } = await new Promise<Result>((resolve, reject) => {
    autocannon(options, (error, result) => (error ? reject(error as Error) : resolve(result))).on(
      'response',
      (_, status, __, milliseconds) => {
        last = performance.now();
        count += 1;
        if (status < 200 || status > 299) failed += 1;
        if (last < start + SETTLED) return;
        first ||= last;
        times.push(milliseconds);
      },
    );
  });
  times.sort((a, b) => a - b);
  return {
    count,
    perSecond: (times.length * 1_000) / (last - first),
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    failed: failed + errors,
  };
}

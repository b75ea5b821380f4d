import autocannon from 'autocannon';
import type { Client, Result } from 'autocannon';
import { Chance } from './chance.js';
import { percentile } from './measure.js';

export interface Load {
  readonly url: string;
  /** Each connection asks for them in an order of its own: asked in step they would all wait for the same stream. */
  readonly paths: readonly string[];
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface Answered {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly accepted: number;
  readonly failed: number;
}

/** Asks as fast as it is answered, in a process of its own, since asking takes as much work as answering. */
process.on('message', (load: Load) => {
  void run(load).then((answered) => process.send?.(answered));
});
process.once('disconnect', () => process.exit());

async function run({ url, paths, body, connections, seconds }: Load): Promise<Answered> {
  const times: number[] = [];
  let failed = 0;
  let first = 0;
  let last = 0;
  const headers = { 'content-type': 'application/json' };
  let client = 0;
  const setupClient = (each: Client): void => {
    const chance = new Chance((client += 1));
    const order = paths.map((path) => ({ path, at: chance.next() })).sort((a, b) => a.at - b.at);
    each.setRequests(order.map(({ path }) => ({ method: 'POST' as const, path, headers, body })));
  };
  const options = { url, method: 'POST' as const, headers, body, connections, duration: seconds, setupClient };
  const { errors } = await new Promise<Result>((resolve, reject) => {
    autocannon(options, (error, result) => (error ? reject(error as Error) : resolve(result))).on(
      'response',
      (_, status, __, milliseconds) => {
        last = performance.now();
        first ||= last - milliseconds;
        if (status < 200 || status > 299) failed += 1;
        times.push(milliseconds);
      },
    );
  });
  times.sort((a, b) => a - b);
  return {
    perSecond: (times.length * 1_000) / (last - first),
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    accepted: times.length - failed,
    failed: failed + errors,
  };
}

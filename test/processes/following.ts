import { deadlines } from '../../apps/program/contexts.js';
import { ClockProcess } from '../../libs/processes/clock.js';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import type { Process } from '../../libs/processes/process.js';
import { ProcessRunner } from '../../libs/processes/process-runner.js';
import { addMilliseconds } from '../../libs/time.js';
import { TestClock } from '../support/clock.js';
import { wholeLog } from '../support/events.js';
import { Program } from './program.js';

/** What one program makes of this business, in a log of its own. */
export async function followingAlone(
  business: readonly RecordedEvent[],
  processes: readonly Process[],
  contexts: Parameters<typeof Program.open>[0],
  now: string,
): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const clock = new TestClock(addMilliseconds(now, 1_000));
  const program = await Program.open(contexts, [], { clock });
  const { store, readModels, memory, commands } = program;
  const report = (what: string, details: object) => {
    throw new Error(`${what} ${JSON.stringify(details)}`);
  };
  try {
    const runner = new ProcessRunner({ store, memory, handlers: program.handlers(...processes), report });
    await runner.prepare();
    for (const event of business) await store.append(event.stream, 'any', [event]);
    const ticking = new ClockProcess({ deadlines, readModels, commands, clock, report });
    for (let before = -1; before < (await store.head());) {
      before = await store.head();
      await runner.catchUp();
      await program.project();
      await ticking.tick();
    }
    return following(await wholeLog(store));
  } finally {
    await program.close();
  }
}

/** What processes made happen, by where it belongs: in its order where there is one. */
export function following(log: readonly RecordedEvent[]): ReadonlyMap<string, readonly unknown[]> {
  const followed = log.filter(({ metadata }) => metadata.source === 'process');
  const byLane = Map.groupBy(followed, ({ stream, type }) => `${stream} ${type}`);
  return new Map(
    [...byLane]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([lane, events]) => {
        const told = events.map(({ id, data, occurredAt, metadata }) => ({ id, data, occurredAt, metadata }));
        // What two tasks, or two customers, lead to has no order among itself.
        return [lane, /^(customer|portfolio)-/.test(lane) ? told.sort((a, b) => (a.id < b.id ? -1 : 1)) : told];
      }),
  );
}

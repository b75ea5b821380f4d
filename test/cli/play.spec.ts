import { describe, expect, it } from '@jest/globals';
import type { CommandBus } from '@nestjs/cqrs';
import type { Told } from '../../apps/cli/demo/chronicle.js';
import { commandIdOf, play, StoryClock } from '../../apps/cli/demo/play.js';
import { writtenBy } from '../../apps/cli/demo/written.js';
import { Refusal, Unavailable } from '../../libs/errors.js';
import { envelope } from '../../libs/event-store/envelope.js';
import { addDays } from '../../libs/time.js';
import { event, metadata } from '../support/events.js';
import { sqliteStore } from '../support/stores.js';

const start = '2026-01-01T00:00:00.000Z';
const actor = { id: 'a', name: 'A' };
const told = (...abouts: string[][]): Told[] =>
  abouts.map((about, index) => ({ at: addDays(start, index / 100), actor, about, command: { number: index } }));

/** A bus that takes its time, longer for earlier commands, and says what was under way at once. */
class SlowBus {
  readonly begun: number[] = [];
  readonly ended: number[] = [];
  readonly sent: { readonly commandId: string | undefined; readonly at: string | undefined }[] = [];
  most = 0;

  constructor(private readonly refuse?: number) {}

  async execute({ number }: { number: number }): Promise<void> {
    this.begun.push(number);
    this.sent.push({ commandId: envelope().commandId, at: envelope().occurredAt });
    this.most = Math.max(this.most, this.begun.length - this.ended.length);
    await new Promise((resolve) => setTimeout(resolve, number % 2 === 0 ? 6 : 1));
    this.ended.push(number);
    if (number === this.refuse) throw new Refusal('no', 'No.');
  }
}

const run = (
  story: readonly Told[],
  bus: SlowBus,
  { clock = new StoryClock(), signal = new AbortController().signal } = {},
) => play(story, 1, bus as unknown as CommandBus, clock, signal, () => undefined);

describe('telling a story', () => {
  it('does what is about one customer in order, and what is about different ones at the same time', async () => {
    const bus = new SlowBus();
    await run(told(['a'], ['a'], ['b'], ['a'], ['c']), bus);
    expect(bus.ended.filter((number) => [0, 1, 3].includes(number))).toEqual([0, 1, 3]);
    expect(bus.most).toBeGreaterThan(1);
    expect(bus.ended).toHaveLength(5);
  });

  it('sends a command again while read models are behind, as they are on a busy machine', async () => {
    const bus = new SlowBus();
    const execute = bus.execute.bind(bus);
    let behind = 2;
    bus.execute = (command) =>
      command.number === 1 && behind-- > 0
        ? Promise.reject(new Unavailable('read-model-behind', 'Behind.', 0))
        : execute(command);
    await run(told(['a'], ['a'], ['a']), bus);
    expect(bus.ended).toEqual([0, 1, 2]);
  });

  it('waits for both when something is about two', async () => {
    const bus = new SlowBus();
    await run(told(['a'], ['b'], ['a', 'b'], ['b']), bus);
    expect(bus.begun.slice(2)).toEqual([2, 3]);
  });

  it('does what is about everybody alone', async () => {
    const bus = new SlowBus();
    await run(told(['a'], ['b'], [], ['c']), bus);
    expect(bus.ended.slice(0, 2).toSorted()).toEqual([0, 1]);
    expect(bus.begun.slice(2)).toEqual([2, 3]);
    expect(bus.ended.indexOf(2)).toBe(2);
  });

  it('sends the same under the same ids, at the times of the story', async () => {
    const [one, other] = [new SlowBus(), new SlowBus()];
    await run(told(['a'], ['b']), one);
    await run(told(['a'], ['b']), other);
    expect(one.sent).toEqual(other.sent);
    expect(one.sent[1]!.at).toBe(addDays(start, 0.01));
  });

  it('keeps what is under way close together in time', async () => {
    const bus = new SlowBus();
    const months = Array.from({ length: 6 }, (_, index) => ({
      at: addDays(start, index * 30),
      actor,
      about: [`c${index}`],
      command: { number: index },
    }));
    await run(months, bus);
    expect(bus.most).toBe(1);
  });

  it('shows the time of the story, and the time of the world afterwards', async () => {
    const clock = new StoryClock();
    const seen: string[] = [];
    class Watching extends SlowBus {
      override execute(command: { number: number }): Promise<void> {
        seen.push(clock.now());
        return super.execute(command);
      }
    }
    await run(told([], []), new Watching(), { clock });
    expect(seen).toEqual([start, addDays(start, 0.01)]);
    expect(Math.abs(Date.parse(clock.now()) - Date.now())).toBeLessThan(5_000);
  });

  it('stops at the first refusal and says what was refused', async () => {
    const bus = new SlowBus(1);
    await expect(run(told(['a'], ['a'], ['a']), bus)).rejects.toThrow(/Object at 2026-01-01T00:14:24.000Z: no/);
    expect(bus.begun).toEqual([0, 1]);
  });

  it('stops when it is told to', async () => {
    const bus = new SlowBus();
    const stop = new AbortController();
    stop.abort();
    await expect(run(told(['a'], ['b']), bus, { signal: stop.signal })).rejects.toThrow(/abort/);
    expect(bus.begun).toEqual([]);
  });
});

it('of the log, what others have written is not counted among the events of the story', async () => {
  const store = sqliteStore();
  const of = (correlationId: string) => event('Happened', {}, { metadata: { ...metadata, correlationId } });
  await store.append('lead-1', 'any', [of(commandIdOf(1, 0)), of(commandIdOf(1, 0)), of(commandIdOf(1, 1))]);
  await store.append('lead-1', 'any', [of('by hand'), of(commandIdOf(2, 0)), of(commandIdOf(1, 2))]);
  expect(await writtenBy(store, 1, 2)).toBe(3);
  await store.close();
});

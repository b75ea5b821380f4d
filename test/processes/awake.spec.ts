import type { CommandBus } from '@nestjs/cqrs';
import { describe, expect, it } from '@jest/globals';
import { addDays } from '../../libs/time.js';
import type { StateReader } from '../../libs/event-store/decider.js';
import { learntAt } from '../../libs/processes/process.js';
import type { Process } from '../../libs/processes/process.js';
import { ProcessHandler } from '../../libs/processes/reactions.js';
import { recorded } from '../support/given.js';

const [event] = recorded([{ type: 'Happened', data: {} }]);
/** What is sent for one event by a process that is awake or not. */
async function sent(isAwake: boolean, streams: StateReader | undefined): Promise<number> {
  let count = 0;
  const commands = { execute: async () => void (count += 1) } as unknown as CommandBus;
  const process: Process = {
    name: 'p',
    version: 1,
    from: 'beginning',
    types: ['Happened'],
    awake: async () => isAwake,
    react: () => [{ command: {} }],
  };
  await new ProcessHandler(process, commands, () => undefined, streams).handle([event!]);
  return count;
}
const streams: StateReader = { load: async (of) => ({ state: of.initial, revision: -1, position: 0 }) };

describe('a process', () => {
  it('asks for nothing while nothing can follow', async () => {
    expect(await sent(true, streams)).toBe(1);
    expect(await sent(false, streams)).toBe(0);
  });

  it('asks where it cannot tell whether anything can', async () => {
    expect(await sent(false, undefined)).toBe(1);
  });

  it('follows a story by its own times, and everything else by when it became known', () => {
    const told = { ...event!, recordedAt: addDays(event!.occurredAt, 5) };
    const bySystem = { ...told, metadata: { ...told.metadata, source: 'system' as const } };
    expect([learntAt(told), learntAt(bySystem)]).toEqual([told.recordedAt, told.occurredAt]);
  });
});

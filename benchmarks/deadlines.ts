import { join } from 'node:path';
import type { CommandBus } from '@nestjs/cqrs';
import { deadlines } from '../apps/program/contexts.js';
import { Clock } from '../libs/clock.js';
import { Refusal } from '../libs/errors.js';
import { SqliteEventStore } from '../libs/event-store/sqlite/sqlite.event-store.js';
import { ClockProcess } from '../libs/processes/clock.js';
import { Projector } from '../libs/read-models/building/projector.js';
import { readModel } from '../libs/read-models/rollup.js';
import { SqliteReadModels } from '../libs/read-models/sqlite/sqlite.read-models.js';
import { Recorder } from './append-streams.js';
import { Appending } from './log.js';
import { rounds, seconds } from './measure.js';
import type { Measurement } from './measure.js';

const OPEN = 100_000;
/** One in so many has passed, and cannot be recorded. */
const FAILING = 100;
const BEGINNING = '2024-05-06T09:00:00.000Z';
const NOW = '2024-06-06T09:00:00.000Z';
const LATER = '2024-07-06T09:00:00.000Z';
const FOUNDER = { employeeId: 'founder', name: 'Founder' };
const LOOKS = 20;

class StandingClock extends Clock {
  now(): string {
    return NOW;
  }
}

/** Looks of the clock at many deadlines of which some cannot be recorded: the first, which asks for all that is due, and the others. */
export const clockLooks: Measurement = {
  name: 'deadlines',
  async run({ workspace, rounds: count }) {
    const folder = workspace.folder();
    const clock = new StandingClock();
    const writer = { pid: process.pid, program: 'bench', since: NOW };
    const store = new SqliteEventStore({ path: join(folder, 'events.db'), clock, writer, durability: 'normal' });
    const recorder = new Recorder(1, BEGINNING);
    const appending = new Appending(store);
    for (let number = 0; number < OPEN; number += 1) {
      const stream = recorder.begin('task');
      const dueAt = number % FAILING === 0 ? BEGINNING : LATER;
      const subject = { customerId: null, opportunityId: null, text: 'a visit' };
      const data = { taskId: stream.id, customerId: null, kind: 'care', title: 'Call', subject, dueAt } as const;
      const rest = { priority: 'normal', assigneeId: null, reminders: [] } as const;
      await appending.all([recorder.record(stream, FOUNDER, [{ type: 'TaskCreated', data: { ...data, ...rest } }])]);
    }
    await appending.drain();
    const readModels = new SqliteReadModels({ path: join(folder, 'read-models.db'), clock });
    const definitions = [readModel(deadlines.projection)];
    const report = (): void => undefined;
    await new Projector({ store, readModels, definitions, zone: 'UTC', report }).catchUp();
    const commands = {
      execute: () => Promise.reject(new Refusal('refused', 'Not recorded.')),
    } as unknown as CommandBus;
    const values = { first: [] as number[], others: [] as number[] };
    await rounds(count, {
      looks: async () => {
        const looking = new ClockProcess({ deadlines, readModels, commands, clock, report });
        values.first.push(1_000 * (await seconds(() => looking.tick())));
        // The first of these try again what failed; then it rests.
        for (let look = 0; look < LOOKS; look += 1) await looking.tick();
        const rested = 4;
        values.others.push(
          (1_000 / rested) *
            (await seconds(async () => {
              for (let look = 0; look < rested; look += 1) await looking.tick();
            })),
        );
        return 0;
      },
    });
    await readModels.close();
    await store.close();
    workspace.drop(folder);
    const open = `${OPEN.toLocaleString('en')} open deadlines, ${OPEN / FAILING} of them due and refused`;
    return [
      { name: `first look at ${open}`, unit: 'ms', values: values.first },
      { name: 'a look while they rest', unit: 'ms', values: values.others, target: { of: 'value', atMost: 5 } },
    ];
  },
};

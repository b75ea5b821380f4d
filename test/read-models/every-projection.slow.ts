import { beforeAll, describe, it } from '@jest/globals';
import { CommandBus } from '@nestjs/cqrs';
import { play, StoryClock } from '../../apps/cli/demo/play.js';
import { twoYears } from '../../apps/cli/demo/two-years.js';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { readModels } from '../../apps/program/definitions.js';
import { TestApp } from '../support/app.js';
import { expectFiveWaysAlike, seeded } from '../support/five-ways.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const CUSTOMERS = 25;

/** What a company lived through, told anew for every run: the structure, the pipeline and a handful of customers. */
let history: readonly RecordedEvent[];

beforeAll(async () => {
  const clock = new StoryClock();
  const app = await TestApp.start({ clock });
  const story = twoYears(seed, Date.parse('2026-11-01T00:00:00.000Z'));
  await play(story.told, seed, app.http.get(CommandBus), clock, new AbortController().signal, () => undefined);
  const random = seeded(seed);
  const all: RecordedEvent[] = [];
  for await (const page of app.http.get(EventStore).subscribe({ after: 0 })) {
    all.push(...page.events);
    if (page.end) break;
  }
  const customers = [...new Set(all.map(customerOf))].filter((id) => id !== undefined);
  const chosen = new Set(Array.from({ length: CUSTOMERS }, () => customers[Math.floor(random() * customers.length)]));
  history = all.filter((event) => customerOf(event) === undefined || chosen.has(customerOf(event)));
  process.stderr.write(`SEED=${seed}: ${history.length} of ${all.length} events\n`);
  await app.stop();
}, 120_000);

const customerOf = ({ data }: RecordedEvent) => (data as { customerId?: string | null }).customerId ?? undefined;

describe('every way of folding a history leaves the same documents and cells', () => {
  it.each(readModels.map((readModel) => ({ name: readModel.projection.name, readModel })))(
    '$name',
    async ({ readModel }) => {
      await expectFiveWaysAlike(readModel, history, { random: seeded(seed) });
    },
  );
});

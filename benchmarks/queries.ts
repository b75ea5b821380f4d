import type { QueryBus } from '@nestjs/cqrs';
import type { Query } from '@nestjs/cqrs';
import { GetReport } from '../libs/reports/queries.js';
import type { Parameters } from '../libs/reports/question.js';
import { answering } from './query-bus.js';
import { answerOf } from './child.js';
import { rounds } from './measure.js';
import type { Measurement } from './measure.js';
import type { Rebuilt } from './rebuild-run.js';
import { readModelsIn } from './workspace.js';

const TIMES = 20;

const reports: readonly { readonly name: string; readonly parameters: Parameters; readonly called: string }[] = [
  { name: 'funnel', parameters: { basis: 'cohort', by: ['owner'] }, called: 'funnel (cohort) by owner' },
  { name: 'funnel', parameters: { basis: 'activity', by: ['owner'] }, called: 'funnel (activity) by owner' },
  { name: 'performance', parameters: { by: ['employee'] }, called: 'performance by employee' },
  { name: 'retention', parameters: {}, called: 'retention' },
  { name: 'rfm', parameters: {}, called: 'rfm' },
];

/** Reports as the program answers them, HTTP left out. */
export const queries: Measurement = {
  name: 'queries',
  async run({ workspace, rounds: count }) {
    const { folder, log, events, eventBytes } = await workspace.log('real');
    const copy = workspace.copy(folder);
    await answerOf<Rebuilt>('rebuild-run', 'build', log, readModelsIn(copy), 'all');
    return answering(copy, async (bus) => {
      const values = await rounds(
        count,
        Object.fromEntries(
          reports.map(({ name, parameters, called }) => [
            called,
            () => milliseconds(bus, () => new GetReport(name, parameters)),
          ]),
        ),
      );
      return Object.entries(values).map(([called, each]) => ({
        name: `report ${called}, ${events.toLocaleString('en')} events`,
        unit: 'ms' as const,
        values: each,
        eventBytes,
        target: { of: 'value' as const, atMost: 5 },
      }));
    });
  },
};

/** What one query takes, of several one after another. */
export async function milliseconds(bus: QueryBus, query: () => Query<unknown>, times = TIMES): Promise<number> {
  const start = performance.now();
  for (let time = 0; time < times; time += 1) await bus.execute(query());
  return (performance.now() - start) / times;
}

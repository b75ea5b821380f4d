import { answerOf } from './child.js';
import { rounds } from './measure.js';
import type { Figure, Measurement } from './measure.js';
import type { Rebuilt } from './rebuild-run.js';
import { readModelsIn } from './workspace.js';

/** Read models from the first event beside those that serve, compared with them, until they have taken over. */
export const rebuild: Measurement = {
  name: 'rebuild',
  async run(bench) {
    const { workspace, rounds: count } = bench;
    const { log, folder, events, eventBytes } = await workspace.log('year');
    const memory: Record<string, Rebuilt[]> = { one: [], all: [] };
    // A program that knows one read model drops all others.
    const names = { one: 'customer-list', all: 'all' };
    const built = { one: workspace.copy(folder), all: workspace.copy(folder) };
    for (const what of ['one', 'all'] as const) {
      await answerOf<Rebuilt>('rebuild-run', 'build', log, readModelsIn(built[what]), names[what]);
    }
    const again = async (what: 'one' | 'all') => {
      const copy = workspace.copy(built[what]);
      const rebuilt = await answerOf<Rebuilt>('rebuild-run', 'rebuild', log, readModelsIn(copy), names[what]);
      workspace.drop(copy);
      memory[what]!.push(rebuilt);
      return events / rebuilt.seconds;
    };
    const { scan, one, all } = await rounds(count, {
      scan: async () => events / (await answerOf<Rebuilt>('rebuild-run', 'scan', log)).seconds,
      one: () => again('one'),
      all: () => again('all'),
    });
    const ceiling = { name: 'bare scan with JSON.parse', values: scan };
    const of = (values: number[], atLeast: number) => ({
      unit: 'events/s' as const,
      values,
      ceiling,
      eventBytes,
      target: { of: 'ratio' as const, atLeast },
    });
    return [
      { name: 'rebuild of customer-list', ...of(one, 0.25) },
      residentIn('its peak of resident memory', memory['one']!),
      { name: 'rebuild of all read models and reports', ...of(all, 0.12) },
      residentIn('its peak of resident memory', memory['all']!),
    ];
  },
};

export function residentIn(name: string, rebuilt: readonly Pick<Rebuilt, 'own' | 'resident'>[]): Figure {
  const own = Math.round(Math.max(...rebuilt.map((each) => each.own)));
  const values = rebuilt.map(({ resident }) => resident);
  return { name, unit: 'MB', values, note: `${own} MB of it without mapped files`, details: rebuilt };
}

import { answerOf } from './child.js';
import type { Figure, Measurement } from './measure.js';
import { residentIn } from './rebuild.js';
import type { TiersRun } from './tiers-run.js';

const MOST = 400;

/** Tiers of 100,000 customers: evaluated one by one as their commands do, and replayed under a policy. */
export const tiers: Measurement = {
  name: 'tiers',
  async run({ workspace, rounds, note }) {
    const figures: Figure[] = [];
    const { log, eventBytes } = await workspace.log('customers');
    for (const [task, what] of [
      ['evaluate', 'customers loaded and evaluated'],
      ['what-if', 'what-if of a tier policy'],
    ] as const) {
      const runs: TiersRun[] = [];
      for (let round = 0; round < rounds; round += 1) runs.push(await answerOf<TiersRun>('tiers-run', task, log));
      const [{ customers, changed }] = runs as [TiersRun];
      note(`${task}: ${changed.toLocaleString('en')} of ${customers.toLocaleString('en')} customers would change`);
      const name = `${what}, ${customers.toLocaleString('en')} customers`;
      const target = { of: 'value', atMost: MOST } as const;
      figures.push(
        { name, unit: 's', values: runs.map(({ seconds }) => seconds), eventBytes },
        { ...residentIn(`peak of resident memory, ${what}`, runs), eventBytes, target },
      );
    }
    return figures;
  },
};

import { answerOf } from './child.js';
import type { Figure, Measurement } from './measure.js';
import type { Rebuilt } from './rebuild-run.js';
import { residentIn } from './rebuild.js';
import { readModelsIn } from './workspace.js';

/** Whether rebuilding takes more memory the longer the log is. */
export const memory: Measurement = {
  name: 'memory',
  large: true,
  async run({ workspace, note }) {
    const figures: Figure[] = [];
    for (const name of ['million', 'millions'] as const) {
      const { log, folder, events, eventBytes } = await workspace.log(name);
      const size = `${events / 1_000_000}`.slice(0, 1);
      note(`rebuilding ${events.toLocaleString('en')} events`);
      const rebuilt = await answerOf<Rebuilt>('rebuild-run', 'build', log, readModelsIn(folder), 'all');
      workspace.drop(folder);
      const target = { of: 'value', atMost: 400 } as const;
      figures.push(
        { ...residentIn(`peak of resident memory, rebuild of ${size} million events`, [rebuilt]), eventBytes, target },
        { name: `its rate`, unit: 'events/s', values: [events / rebuilt.seconds], eventBytes },
      );
    }
    return figures;
  },
};

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock } from '../libs/clock.js';
import { SqliteEventStore } from '../libs/event-store/sqlite.event-store.js';
import { annals } from './child.js';
import { seconds } from './measure.js';
import type { Measurement } from './measure.js';
import { project } from './workspace.js';

const cli = join(project, 'dist/apps/cli/main.js');
const data = join(project, '../shared/data/crm-sales-opportunities');
const mapping = join(project, 'examples/import/crm-sales-opportunities.json');

/** Real data, as the command line brings it in: from the start of the process to its end. */
export const importing: Measurement = {
  name: 'import',
  async run({ workspace, rounds, note }) {
    if (!existsSync(data)) {
      note(`skipped: no data in ${data}`);
      return [];
    }
    const first: number[] = [];
    const second: number[] = [];
    let events = 0;
    for (let round = 0; round < rounds; round += 1) {
      const folder = workspace.folder();
      const run = () => annals(cli, 'import', mapping, data, '--data', folder, '--json');
      first.push(await seconds(run));
      events = await headOf(folder);
      second.push(await seconds(run));
      if ((await headOf(folder)) !== events) throw new Error('a second import appended something');
      workspace.drop(folder);
    }
    const durability = 'full' as const;
    return [
      {
        name: `import of real data, ${events.toLocaleString('en')} events`,
        unit: 's',
        values: first,
        durability,
        target: { of: 'value', atMost: 6 },
      },
      { name: 'the same data again, which appends nothing', unit: 's', values: second, durability },
    ];
  },
};

async function headOf(folder: string): Promise<number> {
  const store = new SqliteEventStore({ path: join(folder, 'events.db'), clock: new SystemClock() });
  const head = await store.head();
  await store.close();
  return head;
}

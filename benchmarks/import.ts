import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ImportReport } from '../libs/import/report.js';
import { annals } from './child.js';
import type { MadeLog } from './log.js';
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
    const first: Imported[] = [];
    const second: Imported[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const folder = workspace.folder();
      first.push(await imported(folder));
      second.push(await imported(folder));
      if (second.at(-1)!.events !== first.at(-1)!.events) throw new Error('a second import appended something');
      workspace.drop(folder);
    }
    const { events, eventBytes } = first[0]!;
    const durability = 'full' as const;
    const of = (name: string, values: number[]) => ({ name, unit: 's' as const, values, eventBytes, durability });
    return [
      {
        ...of(
          `import of real data, ${events.toLocaleString('en')} events`,
          first.map(({ seconds }) => seconds),
        ),
        target: { of: 'value', atMost: 6 },
      },
      of(
        'of it, until every row is in the log',
        first.map(({ accepting }) => accepting),
      ),
      of(
        'the same data again, which appends nothing',
        second.map(({ seconds }) => seconds),
      ),
    ];
  },
};

interface Imported extends MadeLog {
  readonly seconds: number;
  /** Seconds from the first row to the last; the rest is starting, and bringing read models up to date. */
  readonly accepting: number;
}

async function imported(folder: string): Promise<Imported> {
  const start = performance.now();
  const text = await annals(cli, 'import', mapping, data, '--data', folder, '--json');
  const seconds = (performance.now() - start) / 1_000;
  const { startedAt, endedAt, rows } = JSON.parse(text) as ImportReport;
  if (rows.rejected > 0) throw new Error(`${rows.rejected} rows were rejected`);
  return { seconds, accepting: (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000, ...logIn(folder) };
}

function logIn(folder: string): MadeLog {
  const db = new DatabaseSync(join(folder, 'events.db'), { readOnly: true });
  const row = db.prepare('SELECT count(*) AS events, avg(length(data) + length(metadata)) AS bytes FROM event').get();
  db.close();
  return { events: Number(row?.['events']), eventBytes: Math.round(Number(row?.['bytes'])) };
}

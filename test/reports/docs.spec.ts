import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { columnsOf, kinds } from '../../libs/reports/definition.js';
import { answered, asked } from '../../libs/reports/question.js';
import { percentileRule, reportNames } from '../../libs/reports/report.js';
import { churnPolicy } from '../../libs/reports/retention.js';
import { rfmPolicy } from '../../libs/reports/rfm.js';
import { sources } from '../../libs/reports/sources.js';
import { styles } from '../../libs/reports/table.js';
import { reportsPage } from '../../scripts/report-docs.js';
import { deal, factsOf, pipeline } from './deals.js';
import { Reporting } from './reporting.js';
import { assigned, bought, idOf, registered, sellers, START } from './shop.js';

const page = readFileSync(new URL('../../docs/reports.md', import.meta.url), 'utf8');
/** The part of the page about one report. */
const partOf = (name: string) => page.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? '';

const bases = reportNames.flatMap((name) =>
  Object.keys(sources[name].bases).map((basis): [(typeof reportNames)[number], string] => [name, basis]),
);

it('docs/reports.md says what the definitions say, run npm run catalogue if not', () => {
  expect(page).toBe(reportsPage({ sources, kinds, percentileRule, asked, answered, styles }));
});

describe('the page says what the figures mean', () => {
  it.each(reportNames)('of %s: its version, dimensions and bases', (name) => {
    const { version, rollup, dimensions, bases: all } = sources[name];
    const part = partOf(name);
    for (const text of [`${name}-report@${version}`, `${rollup.name}@${rollup.version}`]) expect(part).toContain(text);
    for (const each of [...Object.keys(dimensions), ...Object.keys(all)]) expect(part).toContain(`\`${each}\``);
  });

  it.each(bases)('of %s by %s: every column of the rows there are, and no other', async (name, basis) => {
    const reporting = new Reporting();
    await reporting.record(
      ...pipeline(),
      ...factsOf({ ...deal(0), steps: [{ at: START, to: 'find' }] }),
      registered(idOf(0), START),
      assigned(idOf(0), START, sellers[0]!),
      bought(idOf(0), START),
    );
    const { rows, by } = await reporting.report(name, { basis });
    const columns = columnsOf(sources[name], { basis, by });
    const fields = Object.keys(rows[0]!).filter((field) => !field.endsWith('Name'));
    expect(fields).toEqual([...by.filter((each) => !(each in columns)), ...Object.keys(columns)]);
    for (const [column, { says }] of Object.entries(columns)) {
      expect(says).toMatch(/\.$/);
      expect(partOf(name)).toContain(`| \`${column}\` |`);
    }
  });

  it('knows the dimensions that can be counted by, but for those that rows are made of', () => {
    const own = ['basis', 'stage', 'form', 'k', 'lastOn', 'currency'];
    for (const { dimensions, rollup } of Object.values(sources)) {
      const open = (names: readonly string[]) => names.filter((each) => !own.includes(each)).sort();
      expect(open(Object.keys(dimensions))).toEqual(open(rollup.dimensions));
    }
  });

  it('the rules: percentiles, ranks, segments, days and bands', () => {
    const policies = page.slice(page.indexOf('## Policies'));
    expect(page).toContain('Nearest rank, within 5 %');
    expect(policies).toContain(`more than ${churnPolicy.days} days`);
    for (const [tier, band] of Object.entries(churnPolicy.bandOfTier))
      expect(policies).toContain(`| of the tier \`${tier}\` | ${band} |`);
    expect(policies).toContain(`| all others | ${churnPolicy.band} |`);
    expect(rfmPolicy.table.rows).toHaveLength(5);
    expect(policies).toContain('| Recency 5 | `new_customers` | `potential_loyalists` | `potential_loyalists` |');
    expect(new Set(rfmPolicy.table.rows.flatMap((row) => row.slice(1)))).toEqual(
      new Set(rfmPolicy.segments.map(({ segment }) => `\`${segment}\``)),
    );
  });
});

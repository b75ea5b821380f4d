import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { reports } from '../../apps/program/definitions.js';
import { percentileRule } from '../../libs/reports/figures.js';
import { answered, asked } from '../../libs/reports/question.js';
import { columnsOf, kinds } from '../../libs/reports/report.js';
import { churnPolicy } from '../../reports/retention.js';
import { rfmPolicy } from '../../reports/rfm-policy.js';
import { Reports } from '../../libs/reports/reports.js';
import { styles } from '../../libs/reports/table.js';
import { reportsPage } from '../../scripts/report-docs.js';
import { deal, factsOf, pipeline } from './deals.js';
import { Reporting } from './reporting.js';
import { approved, assigned, bought, captured, entered, idOf, registered, retiered, sellers, START } from './shop.js';

const page = readFileSync(new URL('../../docs/reports.md', import.meta.url), 'utf8');
/** The part of the page about one report. */
const partOf = (name: string) => page.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? '';

const byName = new Reports(reports);
const bases = reports.flatMap(({ name, bases: all }) =>
  Object.keys(all).map((basis): [string, string] => [name, basis]),
);

it('docs/reports.md says what the definitions say, run npm run catalogue if not', () => {
  expect(page).toBe(reportsPage({ reports, kinds, percentileRule, asked, answered, styles }));
});

describe('the page says what the figures mean', () => {
  it.each(byName.names)('of %s: its version, dimensions and bases', (name) => {
    const { version, rollup, dimensions, bases: all } = byName.of(name);
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
      retiered(idOf(0), START, 'ordinary', 'potential'),
      entered(idOf(0), START),
      captured(idOf(1), START),
      ...approved(idOf(2), START),
    );
    const { rows, by } = await reporting.report(name, { basis });
    expect({ report: name, hint: 'the history above must make a row', rows }).not.toMatchObject({ rows: [] });
    const columns = columnsOf(byName.of(name), { basis, by });
    const fields = Object.keys(rows[0]!).filter((field) => !field.endsWith('Name'));
    expect(fields).toEqual([...by.filter((each) => !(each in columns)), ...Object.keys(columns)]);
    for (const [column, { says }] of Object.entries(columns)) {
      expect(says).toMatch(/\.$/);
      expect(partOf(name)).toContain(`| \`${column}\` |`);
    }
  });

  it('knows the dimensions that can be counted by, but for those that rows are made of', () => {
    const own = ['basis', 'stage', 'form', 'k', 'lastOn', 'currency'];
    for (const { dimensions, rollup } of reports) {
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

import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { importTargets as targets } from '../../apps/program/contexts.js';
import { checkedMapping } from '../../libs/import/mapping-check.js';
import { mappingSchemaFor } from '../../libs/import/mapping-schema.js';
import { planned } from '../../libs/import/plan.js';
import { importPage } from '../../scripts/import-docs.js';
import { exported, forgetExports, ImportProgram } from './program.js';

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = text('docs/import.md');

/** Blocks of the page with what stands in the comment before them. */
const blocks = [...page.matchAll(/<!-- ([^>]+?) -->\n\n?```\w*\n(.*?)\n```/gs)].map(([, kind, content]) => ({
  kind: kind!,
  content: content!,
}));
const ofKind = (kind: string) => blocks.filter((block) => block.kind === kind).map(({ content }) => content);

afterAll(forgetExports);

/** Prettier pads tables. */
const unpadded = (markdown: string) =>
  markdown
    .replace(/ {2,}/g, ' ')
    .replace(/-{3,}/g, '---')
    .replace(/\n{2,}/g, '\n');

it('docs/import.md lists the targets there are, run npm run catalogue if not', () => {
  expect(unpadded(page).replaceAll('| --- ', '|---')).toBe(
    unpadded(importPage(page, targets)).replaceAll('| --- ', '|---'),
  );
});

it('docs/import-mapping.schema.json is the schema mappings are checked against, run npm run catalogue if not', () => {
  expect(JSON.parse(text('docs/import-mapping.schema.json'))).toEqual(
    JSON.parse(JSON.stringify(mappingSchemaFor(targets))),
  );
});

describe('what the page shows is understood', () => {
  const ajv = new Ajv({ allErrors: true, strictTypes: false });
  ajv.addSchema({ ...mappingSchemaFor(targets), $id: 'mapping' });
  const valid = (definition: string, value: unknown) => {
    const fits = ajv.validate({ $ref: `mapping#/definitions/${definition}` }, value);
    expect(fits ? [] : ajv.errors).toEqual([]);
  };

  it('shows something of every kind', () => {
    expect(Object.fromEntries(blocks.map(({ kind }) => [kind.split(':')[0], true]))).toEqual({
      entries: true,
      step: true,
      expression: true,
      condition: true,
      file: true,
      mapping: true,
    });
  });

  it.each(ofKind('step'))('a step %#', (content) => valid('step', JSON.parse(content)));
  it.each(ofKind('expression'))('an expression %#', (content) => valid('expression', JSON.parse(content)));
  it.each(ofKind('condition'))('a condition %#', (content) => valid('condition', JSON.parse(content)));

  it.each(ofKind('entries'))('entries of a mapping %#', (content) => {
    const steps = [
      { target: 'employeeLeft', at: '2020-01-01', fields: { employeeId: { ref: 'employee', key: ['1'] } } },
    ];
    planned(checkedMapping({ source: 'docs', steps, ...(JSON.parse(content) as object) }, targets), targets);
  });

  const inTables = [...page.matchAll(/^\|.*\|$/gm)].flatMap(([row]) =>
    [...row.matchAll(/`(\{ ".*?\})`/g)].flatMap(([, code]) => (/…/.test(code!) ? [] : [code!])),
  );
  it.each(inTables)('%s in a table', (code) => {
    const value = JSON.parse(code) as object;
    const isCondition = ['equals', 'in', 'present'].some((word) => word in value);
    valid(isCondition ? 'condition' : 'expression', value);
  });
});

it('the example of the page does what the page says', async () => {
  const files = blocks.flatMap(({ kind, content }) =>
    kind.startsWith('file: ') ? [[kind.slice('file: '.length), `${content}\n`]] : [],
  ) as [string, string][];
  const program = await ImportProgram.open({ dryRun: 'on nothing' });
  const report = await program.import(JSON.parse(ofKind('mapping')[0]!), exported(Object.fromEntries(files)));
  expect(report.rejections).toEqual([
    expect.objectContaining({ file: 'customers.csv', row: 3, line: 4, code: 'value-missing' }),
    expect.objectContaining({ file: 'orders.csv', row: 2, line: 3, code: 'date-invalid' }),
    expect.objectContaining({ file: 'orders.csv', row: 3, line: 4, code: 'reference-unknown' }),
  ]);
  expect(report.rows).toEqual({ accepted: 10, unchanged: 0, rejected: 3 });
  const events = await program.log();
  const data = (type: string) => events.filter((event) => event.type === type).map((event) => event.data as object);
  expect(data('CustomerRegistered')[0]).toMatchObject({
    details: { name: 'North Mill', sector: 'food', annualRevenue: { amount: 120_000_000, currency: 'EUR' } },
    tags: ['a', 'b'],
  });
  expect(data('ContactAdded')).toEqual([
    expect.objectContaining({
      details: expect.objectContaining({
        channels: [
          { kind: 'email', value: 'cleo@example.org' },
          { kind: 'phone', value: '+431234567' },
        ],
      }),
    }),
  ]);
  expect(events.filter(({ type }) => type === 'PurchaseRecorded')).toEqual([
    // Summer time had begun that morning.
    expect.objectContaining({
      occurredAt: '2021-03-28T12:05:00.000Z',
      data: expect.objectContaining({
        amount: { amount: 125_000, currency: 'EUR' },
        product: 'Sieves',
        reference: 'A-1',
      }),
    }),
  ]);
  await program.close();
});

it('the example mapping for the public data set is one', () => {
  planned(checkedMapping(JSON.parse(text('examples/import/crm-sales-opportunities.json')), targets), targets);
});

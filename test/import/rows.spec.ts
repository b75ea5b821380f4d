import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { Mapping, Step } from '../../libs/import/mapping.js';
import type { ImportReport } from '../../libs/import/report.js';
import { customerList } from '../../projections/customer-list.js';
import {
  accounts,
  base,
  brief,
  company,
  customers,
  deals,
  files,
  opportunities,
  pipeline,
  staff,
  withSteps,
} from './samples.js';
import { closePrograms, exported, forgetExports, program } from './program.js';

afterEach(closePrograms);
afterAll(forgetExports);

/** What a mapping makes of these files, decided on an empty log. */
async function tried(mapping: Mapping, change: Partial<typeof files> = {}): Promise<ImportReport> {
  return (await program({ dryRun: 'on nothing' })).import(mapping, exported({ ...files, ...change }));
}

describe('amounts of an earlier currency', () => {
  const purchases = {
    file: 'deals',
    target: 'purchase',
    key: ['{id}'],
    at: '{closed}',
    fields: { customerId: { ref: 'customer', key: ['{account}'] }, amount: { column: 'value', currency: '{state}' } },
  } as const satisfies Step;
  const won = {
    ...purchases,
    target: 'opportunity',
    fields: { ...opportunities.fields, amount: purchases.fields.amount },
  };
  const rows = [
    'id,account,seller,created,offer,closed,state,value',
    'p1,1,Ada,,,2022-12-30,HRK,100.50',
    'p2,1,Ada,,,2023-01-14,HRK,1',
    'p3,1,Ada,,,2023-01-15,HRK,1',
    'p4,1,Ada,,,2023-01-15,EUR,1',
    'p5,1,Ada,,,2023-01-15,XXX,1',
    '',
  ].join('\n');
  const old = { ...files, 'accounts.csv': accounts.replaceAll('2024', '2020'), 'deals.csv': rows };

  it.each([
    ['purchases', purchases],
    ['opportunities', won],
  ] as const)('can be imported as %s that happened while it was money', async (_, step) => {
    const opened = await program();
    const mapping = { ...withSteps(...company, customers, pipeline, step as Step), at: '2019-01-01' };
    const report = await opened.import(mapping, exported(old));
    expect(brief(report)).toEqual(['deals.csv 3 currency-former', 'deals.csv 5 currency-unknown']);
    expect(report.rejections[0]!.message).toBe('HRK was money until 2023-01-14.');
    const amounts = (await opened.log()).flatMap(({ type, data }) =>
      type === 'PurchaseRecorded' || type === 'OpportunityRegistered' ? [(data as { amount: unknown }).amount] : [],
    );
    expect(amounts).toEqual([
      { amount: 10_050, currency: 'HRK' },
      { amount: 100, currency: 'HRK' },
      { amount: 100, currency: 'EUR' },
    ]);
  });
});

describe('rows', () => {
  it('that say the same are one thing', async () => {
    const report = await tried(base, {
      'accounts.csv': accounts.replace('2,East', '1,North Mill,Ada,2024-01-10\n2,East'),
    });
    expect(report.byTarget['customer']).toEqual({ accepted: 3, unchanged: 1, rejected: 0 });
  });

  it('that say the same and are refused are so for the same reason, and by this import', async () => {
    const report = await tried(base, {
      'accounts.csv': accounts.replace(/$/, '9,Far Mill,Zoe,2024-01-10\n'.repeat(2)),
    });
    const [one, other] = report.rejections.filter(({ file }) => file === 'accounts.csv');
    expect(one).toMatchObject({ code: 'reference-unknown', message: expect.stringMatching(/^There is no employee/) });
    expect(other).toEqual({ ...one, row: one!.row + 1, line: one!.line + 1 });
    expect(report.remembered).toBe(0);
  });

  it('that name the same thing and say otherwise are rejected by the rule', async () => {
    const report = await tried(base, {
      'accounts.csv': accounts.replace('2,East', '1,South Mill,Ada,2024-01-10\n2,East'),
    });
    expect(brief(report)).toEqual(['accounts.csv 2 customer-exists']);
  });

  it('that no step takes are rejected, unless the mapping ignores them', async () => {
    const only: Step = {
      ...customers,
      when: { column: 'seller', equals: 'Ada' },
      fields: { name: '{name}', kind: 'org' },
    };
    const lost = await tried(withSteps(only));
    expect(brief(lost)).toEqual(['accounts.csv 2 row-unmatched', 'accounts.csv 3 row-unmatched']);
    expect(lost.rejections[0]).toMatchObject({ target: null, step: null, line: 3 });
    expect(lost.rows).toEqual({ accepted: 1, unchanged: 0, rejected: 2 });
    const ignore = { not: { column: 'seller', equals: 'Ada' } } as const;
    const left = await tried({ ...withSteps(only), files: { accounts: { path: 'accounts.csv', ignore } } });
    expect(left).toMatchObject({
      rejections: [],
      files: [{ rows: 3, ignored: 2 }],
      rows: { accepted: 1, rejected: 0 },
    });
  });

  it('of one customer are recorded in the order of the file', async () => {
    const purchases: Step = {
      file: 'deals',
      target: 'purchase',
      key: ['{id}'],
      at: '{created}',
      fields: { customerId: { ref: 'customer', key: ['1'] }, amount: '{value}', reference: '{id}' },
    };
    const rows = Array.from({ length: 400 }, (_, index) => `p${index},1,Ada,2024-02-01,,,open,${index + 1}`);
    const opened = await program({ dryRun: 'on nothing' });
    const many = `${deals.split('\n')[0]}\n${rows.join('\n')}\n`;
    await opened.import(withSteps(...company, customers, purchases), exported({ ...files, 'deals.csv': many }));
    const recorded = (await opened.log()).filter(({ type }) => type === 'PurchaseRecorded');
    expect(recorded.map(({ data }) => (data as { reference: string }).reference)).toEqual(
      Array.from({ length: 400 }, (_, index) => `p${index}`),
    );
  });

  it('refer to what an earlier import brought', async () => {
    const opened = await program();
    const folder = exported(files);
    await opened.import(withSteps(...company, customers), folder);
    const report = await opened.import(withSteps(pipeline, opportunities), folder);
    expect(report).toMatchObject({ rejections: [], byTarget: { opportunity: { accepted: 4 } } });
    const elsewhere = await opened.import({ ...withSteps(pipeline, opportunities), source: 'other' }, folder);
    expect(brief(elsewhere)).toEqual([1, 2, 3, 4].map((row) => `deals.csv ${row} reference-unknown`));
  });

  it('show in the read models', async () => {
    const opened = await program();
    await opened.import(base, exported(files));
    await opened.project();
    const { items } = await opened.readModels.find(customerList, { sort: ['name'] });
    expect(items.map(({ name }) => name)).toEqual(['East Works', 'North Mill', 'West Farm']);
  });
});

describe('nothing is written', () => {
  it('when a file cannot be used, and all that is wrong is named', async () => {
    const opened = await program();
    const bad = {
      'staff.csv': '',
      'accounts.csv': accounts.replace('seller', 'seler'),
      'deals.csv': Buffer.from('id\nM\xfc\n', 'latin1'),
    };
    await expect(opened.import(base, exported(bad as never))).rejects.toMatchObject({
      code: 'files-invalid',
      details: {
        problems: [
          { code: 'file-empty', file: 'staff.csv' },
          {
            code: 'column-missing',
            file: 'accounts.csv',
            missing: ['seller'],
            columns: ['id', 'name', 'seler', 'since'],
          },
          { code: 'encoding-invalid', file: 'deals.csv', line: 2 },
        ],
      },
    });
    await expect(opened.import(base, exported({ 'staff.csv': staff, 'deals.csv': deals }))).rejects.toMatchObject({
      code: 'file-missing',
    });
    expect(await opened.log()).toEqual([]);
    expect(existsSync(join(opened.folder, 'imports'))).toBe(false);
  });

  it('when the mapping cannot be used', async () => {
    const opened = await program();
    const wrong = { ...base, steps: [{ target: 'customer', key: ['x'], fields: { name: 'x', kind: 'firm' } }] };
    await expect(opened.import(wrong, exported(files))).rejects.toMatchObject({
      code: 'mapping-invalid',
      details: { problems: [expect.stringContaining('steps[0].fields.kind')] },
    });
    expect(await opened.log()).toEqual([]);
  });

  it('but a header alone is a file without rows', async () => {
    const report = await tried(base, { 'deals.csv': `${deals.split('\n')[0]}\n` });
    expect(report).toMatchObject({ rejections: [], files: [{}, {}, { rows: 0 }] });
  });
});

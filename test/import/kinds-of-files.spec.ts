import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { Mapping, Step } from '../../libs/import/mapping.js';
import { customerTimeline } from '../../projections/customer-timeline.js';
import { salesPerformance } from '../../reports/performance.js';
import { closePrograms, exported, forgetExports, program } from './program.js';
import type { ImportProgram } from './program.js';
import { base, brief, company, customers, files, opportunities, pipeline, withSteps } from './samples.js';

afterEach(closePrograms);
afterAll(forgetExports);

const purchases: Step = {
  file: 'orders',
  target: 'purchase',
  key: ['{no}'],
  at: '{at}',
  fields: {
    customerId: { ref: 'customer', key: ['{customer}'] },
    amount: '{amount}',
    quantity: '{quantity}',
    product: '{what}',
  },
};
const shop = (step: Step, more: Partial<Mapping> = {}): Mapping => ({
  ...withSteps(...company, customers, step),
  ...more,
  files: { ...base.files, orders: { path: 'orders.csv' }, ...more.files },
});
const orders = (...rows: string[]) =>
  exported({ ...files, 'orders.csv': `no,customer,at,amount,quantity,what\n${rows.join('\n')}\n` });
const data = async (opened: ImportProgram, type: string) =>
  (await opened.log()).filter((event) => event.type === type).map((event) => event.data as Record<string, unknown>);

describe('a history with the newest first', () => {
  const moves: Step = {
    file: 'orders',
    target: 'opportunityStage',
    at: '{at}',
    fields: { opportunityId: { ref: 'opportunity', key: ['{customer}'] }, stageId: '{what}' },
  };
  const of = (step: Step) => ({
    ...shop(step),
    steps: [...company, customers, pipeline, { ...opportunities, also: [] }, step].map((each) => {
      const { also: _, ...rest } = each;
      return rest;
    }),
  });
  const newestFirst = () =>
    orders(
      '1,d1,2024-03-03,,,offer',
      '2,d1,2024-03-02,,,contact',
      '3,d1,2024-03-01,,,offer',
      '4,d2,2024-02-10,,,contact',
      '5,d2,2024-02-10,,,offer',
    );

  it('loses rows in the order of the file', async () => {
    const opened = await program();
    const report = await opened.import(of(moves), newestFirst());
    expect(report.rejections.length).toBeGreaterThan(0);
  });

  it('comes in whole when the step says by what its rows are sorted', async () => {
    const opened = await program();
    const sort = [
      { by: '{at}', as: 'date' },
      { by: { rowNumber: true }, as: 'number', descending: true },
    ] as const;
    const report = await opened.import(of({ ...moves, sort }), newestFirst());
    expect(report).toMatchObject({ rejections: [], incomplete: [] });
    const changes = await data(opened, 'OpportunityStageChanged');
    expect(changes.map(({ to }) => to).toSorted()).toEqual(['contact', 'contact', 'offer', 'offer', 'offer']);
    expect(await opened.import(of({ ...moves, sort }), newestFirst())).toMatchObject({ events: 0 });
  });

  it('has rows last that have nothing to be sorted by', async () => {
    const opened = await program();
    const sort = [{ by: '{amount}', as: 'number', descending: true }] as const;
    const step: Step = { ...purchases, sort, at: '2024-03-01' };
    await opened.import(
      shop(step),
      orders('1,1,,5,,a', '2,1,,,,b', '3,1,,x,,c', '4,1,,40,,d', '5,1,,,,e', '6,1,,5,,f'),
    );
    const bought = await data(opened, 'PurchaseRecorded');
    expect(bought.map(({ product }) => product)).toEqual(['d', 'a', 'f']);
  });
});

describe('deals', () => {
  const deal = (value: string) =>
    exported({ ...files, 'deals.csv': files['deals.csv'].replace('won,100.00', `won,${value}`) });

  it.each([
    ['for nothing', '0', { amount: 0, currency: 'EUR' }],
    ['for an amount that is not known', '', null],
  ])('that were won %s are won', async (_, value, amount) => {
    const opened = await program();
    const report = await opened.import(base, deal(value));
    expect(report).toMatchObject({ rejections: [], incomplete: [] });
    expect(await data(opened, 'OpportunityWon')).toMatchObject([{ amount }]);
    await opened.project();
    const sums = await opened.readModels.sums(salesPerformance, { by: ['currency'] });
    const { won, wonAmount } = sums.find(({ measures }) => measures['won'] === 1)!.measures;
    expect([won, wonAmount]).toEqual([1, 0]);
    const { items } = await opened.readModels.find(customerTimeline, { filter: { kind: 'opportunity' } });
    expect(items.filter(({ title }) => title.startsWith('won'))).toHaveLength(1);
  });

  it('begin in a later stage', async () => {
    const opened = await program();
    const { also: _, ...first } = opportunities;
    const later: Step = { ...first, fields: { ...first.fields, stageId: 'offer' } };
    const report = await opened.import(withSteps(...company, customers, pipeline, later), exported(files));
    expect(report.rejections).toEqual([]);
    const stages = (await data(opened, 'OpportunityRegistered')).map(({ stageId, probability }) => [
      stageId,
      probability,
    ]);
    expect(stages).toEqual(Array.from({ length: 4 }, () => ['offer', 50]));
    const wrong = { ...later, key: ['x', '{id}'], fields: { ...later.fields, stageId: 'won' } };
    expect(await opened.import(withSteps(wrong), exported(files))).toMatchObject({ byCode: { 'stage-closing': 4 } });
  });
});

describe('purchases', () => {
  it('have quantities, and may be for nothing', async () => {
    const opened = await program();
    const report = await opened.import(
      shop(purchases, { decimal: ',', thousands: '.' }),
      exported({
        ...files,
        'orders.csv':
          'no,customer,at,amount,quantity,what\n1,1,2024-03-01,0,"2,5",Seed\n2,1,2024-03-02,"1.234,50",1.200,Sieve\n3,1,2024-03-03,5,,Belt\n4,1,2024-03-04,5,-1,Belt\n',
      }),
    );
    expect(brief(report)).toEqual(['orders.csv 4 value-invalid']);
    const bought = await data(opened, 'PurchaseRecorded');
    expect(bought.map(({ amount, quantity }) => [(amount as { amount: number }).amount, quantity])).toEqual([
      [0, 2.5],
      [123_450, 1_200],
      [500, undefined],
    ]);
    await opened.project();
    const { items } = await opened.readModels.find(customerTimeline, { filter: { kind: 'purchase' }, sort: ['at'] });
    expect(items.map(({ text }) => text)).toEqual(['2.5 × Seed', '1200 × Sieve', 'Belt']);
  });

  it('in another currency than the column is in are refused', async () => {
    const opened = await program();
    const report = await opened.import(
      shop(purchases),
      orders(
        '1,1,2024-03-01,$5.00,,a',
        '2,1,2024-03-01,€5.00,,b',
        '3,1,2024-03-01,5.00 EUR,,c',
        '4,1,2024-03-01,5 USD,,d',
      ),
    );
    expect(brief(report)).toEqual(['orders.csv 1 currency-mismatch', 'orders.csv 4 currency-mismatch']);
  });

  it('may have the number of their row as key', async () => {
    const step: Step = { ...purchases, key: ['orders', { rowNumber: true }] };
    const opened = await program();
    const folder = orders('x,1,2024-03-01,5,,a', 'x,1,2024-03-01,5,,a');
    expect(await opened.import(shop(step), folder)).toMatchObject({
      rejections: [],
      byTarget: { purchase: { accepted: 2 } },
    });
    expect(await opened.import(shop(step), folder)).toMatchObject({ events: 0 });
  });

  it('take a part of a cell', async () => {
    const picked = (pattern: string, more: object = {}) => ({ column: 'what', pattern, ...more });
    const opened = await program();
    const step: Step = {
      ...purchases,
      fields: {
        ...purchases.fields,
        product: picked('^([^(]+)'),
        reference: picked('\\d{4,}'),
        quantity: picked('\\((\\d+)x\\)', { unmatched: 'empty' }),
      },
    };
    const rows = ['1,1,2024-03-01,5,,Sieve 12345 (3x)', '2,1,2024-03-01,5,,Belt'];
    await opened.import(shop(step), orders(...rows));
    expect(await data(opened, 'PurchaseRecorded')).toMatchObject([
      { product: 'Sieve 12345', reference: '12345', quantity: 3 },
      { product: 'Belt', reference: null },
    ]);
    const strict = {
      ...step,
      key: ['strict', '{no}'],
      fields: { ...step.fields, reference: picked('\\d{4,}', { unmatched: 'reject' }) },
    };
    expect(brief(await opened.import(shop(strict), orders(...rows)))).toEqual(['orders.csv 2 value-invalid']);
    const broken = shop({ ...step, fields: { ...step.fields, reference: picked('(') } });
    await expect(opened.import(broken, orders(...rows))).rejects.toMatchObject({ code: 'mapping-invalid' });
  });

  it('come in columns of a fixed width', async () => {
    const opened = await program();
    const fixed = '1   1 2024-03-01      5.00Sieve\n2   2 2024-03-02     12.50\n';
    const columns = ['no', 'customer', 'at', 'amount', 'what'];
    const { quantity: _, ...fields } = purchases.fields!;
    const mapping = shop(
      { ...purchases, fields },
      { files: { orders: { path: 'orders.txt', columns, widths: [4, 2, 10, 10, 20] } } },
    );
    const report = await opened.import(mapping, exported({ ...files, 'orders.txt': fixed }));
    expect(report).toMatchObject({ rejections: [], byTarget: { purchase: { accepted: 2 } } });
    expect(await data(opened, 'PurchaseRecorded')).toMatchObject([
      { amount: { amount: 500 }, product: 'Sieve' },
      { amount: { amount: 1_250 }, product: null },
    ]);
  });

  it.each([
    ['widths for other columns', { path: 'x', columns: ['a', 'b'], widths: [1] }, '2 columns and 1 widths'],
    ['widths beside a delimiter', { path: 'x', delimiter: ';', widths: [1] }, 'beside a delimiter'],
  ])('do not come in %s', async (_, orders, problem) => {
    const opened = await program();
    const mapping = shop(purchases, { files: { orders } });
    await expect(opened.import(mapping, exported(files))).rejects.toMatchObject({
      code: 'mapping-invalid',
      details: { problems: expect.arrayContaining([expect.stringContaining(problem)]) },
    });
  });
});

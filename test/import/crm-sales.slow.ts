import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Unavailable } from '../../libs/errors.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import type { ImportReport } from '../../libs/import/report.js';
import { contentHash } from '../../libs/read-models/building/verify.js';
import { customerList } from '../../projections/customer-list.js';
import { employeeList } from '../../projections/employee-list.js';
import { readModels as definitions } from '../../apps/program/definitions.js';
import { salesPerformance } from '../../reports/performance.js';
import { stageFunnel } from '../../reports/funnel.js';
import { ImportProgram } from './program.js';

const root = resolve(import.meta.dirname, '../..');
const data = resolve(root, '../shared/data/crm-sales-opportunities');
const mapping: unknown = JSON.parse(
  readFileSync(resolve(root, 'examples/import/crm-sales-opportunities.json'), 'utf8'),
);

/** A log that dies when it has taken so many events. */
const mortal =
  (room: number) =>
  (store: EventStore): EventStore => {
    const append = store.appendAll.bind(store);
    store.appendAll = async (writes, checks) => {
      for (const { events } of writes) room -= events.length;
      if (room < 0) throw new Unavailable('store-unavailable', 'Nothing can be written any more.', 5);
      return append(writes, checks);
    };
    return store;
  };

/** Content hashes of all read models. */
async function hashes({ readModels }: ImportProgram): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const generation of await readModels.generations()) {
    const readModel = definitions.find(({ projection }) => projection.name === generation.name)!;
    if (generation.state === 'active') found[generation.name] = await contentHash(readModels, generation, readModel);
  }
  return found;
}

// The data is public but not ours to hand on: it lies beside the project, and who has only a clone has nothing to run this on.
const suite = existsSync(data) ? describe : describe.skip;
if (!existsSync(data)) process.stderr.write(`skipped: no data in ${data}\n`);

suite('the public data set', () => {
  let program: ImportProgram;
  let report: ImportReport;
  let hashed: Record<string, string>;

  beforeAll(async () => {
    program = await ImportProgram.open();
    report = await program.import(mapping, data);
    await program.project();
    hashed = await hashes(program);
    expect(Object.keys(hashed)).toHaveLength(definitions.length);
  });
  afterAll(() => program.close());

  it('is accepted row by row, none lost in silence', () => {
    expect(report.rejections).toEqual([]);
    expect(report.files.map(({ path, rows, ignored }) => [path, rows, ignored])).toEqual([
      ['sales_teams.csv', 35, 0],
      ['accounts.csv', 85, 0],
      ['sales_pipeline.csv', 8_800, 0],
      ['products.csv', 7, 0],
    ]);
    const accepted = Object.entries(report.byTarget).map(([target, { accepted: count }]) => [target, count]);
    expect(Object.fromEntries(accepted)).toEqual({
      pipeline: 1,
      orgUnit: 10,
      position: 12,
      employee: 41,
      customer: 85,
      customerParent: 15,
      customerOwner: 85,
      opportunity: 8800,
    });
    expect(report.rows).toEqual({ accepted: 9_049, unchanged: 148, rejected: 0 });
    expect(report.incomplete).toEqual([]);
  });

  it('comes out as the funnel that is known of it', async () => {
    for (const basis of ['cohort', 'activity']) {
      const stages = await program.readModels.sums(stageFunnel, { by: ['stage'], where: { basis: [basis] } });
      const entered = stages.map(({ key, measures }) => [key['stage'], measures['entered']]);
      expect(Object.fromEntries(entered)).toEqual({ prospecting: 8_800, engaging: 8_300, won: 4_238, lost: 2_473 });
      const { measures } = stages.find(({ key }) => key['stage'] === 'engaging')!;
      expect(measures).toMatchObject({ won: 4_238, lost: 2_473, inNow: 1_589 });
    }
  });

  it('comes out with a purchase for every deal that was won', async () => {
    const types = (await program.log()).map(({ type }) => type);
    for (const type of ['OpportunityWon', 'PurchaseRecorded'])
      expect(types.filter((each) => each === type)).toHaveLength(4_238);
  });

  it('comes out as the sales that are known of it, by whatever they are added up', async () => {
    const total = { won: 0, lost: 0, wonAmount: 0 };
    for (const by of ['employee', 'manager', 'orgUnit', 'product', 'sector']) {
      const rows = await program.readModels.sums(salesPerformance, { by: [by, 'currency'] });
      const sums = rows
        .filter(({ key }) => key['currency'] === 'USD')
        .reduce(
          (sum, { measures }) => ({
            won: sum.won + Number(measures['won']),
            lost: sum.lost + Number(measures['lost']),
            wonAmount: sum.wonAmount + Number(measures['wonAmount']),
          }),
          total,
        );
      expect(sums).toEqual({ won: 4_238, lost: 2_473, wonAmount: 1_000_553_400 });
      if (by === 'employee') expect(rows.filter(({ measures }) => measures['won']! > 0)).toHaveLength(30);
      if (by === 'manager') expect(rows.filter(({ key }) => key['manager'] !== null)).toHaveLength(6);
    }
  });

  it('is spelt as it should be', async () => {
    const { items: customers } = await program.readModels.find(customerList, { limit: 100 });
    expect(customers).toHaveLength(85);
    const words = JSON.stringify(customers);
    expect(words).not.toMatch(/technolgy|Philipines/);
    expect(words).toMatch(/technology/);
    expect(words).toMatch(/Philippines/);
    expect(await program.readModels.count(employeeList)).toBe(41);
    const products = await program.readModels.sums(salesPerformance, { by: ['product'] });
    expect(products.map(({ key }) => key['product']).sort()).toEqual([
      'GTK 500',
      'GTX Basic',
      'GTX Plus Basic',
      'GTX Plus Pro',
      'GTX Pro',
      'MG Advanced',
      'MG Special',
    ]);
  });

  it('tried first says the same and writes nothing', async () => {
    const trial = await ImportProgram.open({ dryRun: 'on the log' });
    const dry = await trial.import(mapping, data);
    expect(dry).toMatchObject({ dryRun: true, rows: report.rows, byTarget: report.byTarget, events: report.events });
    await trial.close({ keep: true });
    const after = await ImportProgram.open({ folder: trial.folder });
    expect(await after.store.head()).toBe(0);
    await after.close();
  });

  it('imported again appends nothing', async () => {
    const again = await program.import(mapping, data);
    expect(again).toMatchObject({ rows: { accepted: 0, unchanged: 9_197, rejected: 0 }, events: 0 });
    expect(await program.store.head()).toBe(report.events);
  });

  it.each([60, 25_500])('interrupted after %i events and run again comes out the same', async (survives) => {
    const first = await ImportProgram.open({ around: mortal(survives) });
    await expect(first.import(mapping, data)).rejects.toMatchObject({ code: 'store-unavailable' });
    await first.close({ keep: true });
    const second = await ImportProgram.open({ folder: first.folder });
    expect(await second.import(mapping, data)).toMatchObject({ rejections: [] });
    expect(await second.store.head()).toBe(report.events);
    await second.project();
    expect(await hashes(second)).toEqual(hashed);
    await second.close();
  });
});

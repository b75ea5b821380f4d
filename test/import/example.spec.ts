import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ImportReport } from '../../libs/import/report.js';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import { exported, forgetExports, ImportProgram } from './program.js';

const mapping: unknown = JSON.parse(
  readFileSync(new URL('../../examples/import/crm-sales-opportunities.json', import.meta.url), 'utf8'),
);

/* Made-up rows in the columns of the public data set, with what can be wrong with a deal. */
const rows = [
  'opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value',
  'sound,Ada,GTXPro,North Mill,Won,2017-01-10,2017-03-01,500',
  'closed-too-early,Ada,GTXPro,North Mill,Won,2017-02-10,2017-02-01,600',
  'never-closed,Ada,GTXPro,North Mill,Won,2017-02-10,unknown,700',
  'other-stage,Ada,GTXPro,North Mill,Negotiating,2017-02-10,,',
  'prospect,Ada,GTXPro,,Prospecting,,,',
  'under-way,Ada,GTXPro,North Mill,Engaging,2017-02-10,,',
  'lost,Ada,GTXPro,North Mill,Lost,2017-01-11,2017-02-20,0',
  '',
].join('\n');

describe('the example mapping', () => {
  let program: ImportProgram;
  let report: ImportReport;
  let log: readonly RecordedEvent[];

  beforeAll(async () => {
    program = await ImportProgram.open();
    const folder = exported({
      'sales_teams.csv': 'sales_agent,manager,regional_office\nAda,Ben,Central\n',
      'accounts.csv':
        'account,sector,year_established,revenue,employees,office_location,subsidiary_of\nNorth Mill,food,1990,1,5,Kenya,\n',
      'products.csv': 'product,series,sales_price\nGTX Pro,GTX,4821\n',
      'sales_pipeline.csv': rows,
    });
    report = await program.import(mapping, folder);
    log = await program.log();
  });
  afterAll(async () => {
    await program.close();
    forgetExports();
  });

  const ofType = (type: string) => log.filter((event) => event.type === type);

  it('records a purchase of a deal whose win was recorded, and of no other', () => {
    expect(ofType('OpportunityWon')).toHaveLength(1);
    expect(ofType('PurchaseRecorded').map(({ data }) => (data as { reference: string }).reference)).toEqual(['sound']);
    expect(report.incomplete).toEqual([
      expect.objectContaining({ row: 2, target: 'opportunityWon', code: 'before-stage-entered' }),
    ]);
  });

  it('rejects a row of a stage it does not know', () => {
    expect(report.rejections).toContainEqual(expect.objectContaining({ row: 4, code: 'row-unmatched' }));
  });

  it('rejects for a bad date the row that has it, and takes rows without a date', () => {
    expect(report.rejections.map(({ row, code }) => [row, code])).toEqual([
      [4, 'row-unmatched'],
      [3, 'date-invalid'],
    ]);
    const registered = ofType('OpportunityRegistered').map(({ data, occurredAt }) => [
      (data as { name: string }).name,
      occurredAt.slice(0, 10),
    ]);
    expect(registered).toContainEqual(['GTXPro, prospect', '2017-03-01']);
    expect(registered).toHaveLength(5);
  });
});

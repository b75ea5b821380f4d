import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LeadEvents } from '../../libs/leads/events.js';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import type { ImportReport } from '../../libs/import/report.js';
import { leadList } from '../../projections/lead-list.js';
import { ImportProgram } from './program.js';

const folder = fileURLToPath(new URL('../../examples/import/leads', import.meta.url));
const mapping: unknown = JSON.parse(readFileSync(`${folder}/leads.json`, 'utf8'));

describe('the leads of examples/import/leads', () => {
  let program: ImportProgram;
  let report: ImportReport;
  let log: readonly RecordedEvent[];

  beforeAll(async () => {
    program = await ImportProgram.open();
    report = await program.import(mapping, folder);
    log = await program.log();
  });
  afterAll(() => program.close());

  /** In the order of their times: rows are decided side by side. */
  const ofType = <Type extends keyof LeadEvents & string>(type: Type) =>
    log
      .filter((event) => event.type === type)
      .sort((one, other) => (one.occurredAt < other.occurredAt ? -1 : 1)) as unknown as RecordedEvent<
      Type,
      LeadEvents[Type]
    >[];

  it('are captured at their times, with their owners and sources; the one without a name is rejected', () => {
    expect(report.rejections).toEqual([expect.objectContaining({ row: 7, code: 'lead-nameless' })]);
    expect(report.incomplete).toEqual([]);
    expect(ofType('LeadCaptured').map(({ occurredAt, data: { source } }) => [occurredAt, source.channel])).toEqual([
      ['2024-02-05T08:12:00.000Z', 'web'],
      ['2024-02-06T13:30:00.000Z', 'phone'],
      ['2024-02-07T15:05:00.000Z', 'event'],
      ['2024-02-08T01:44:00.000Z', 'web'],
      ['2024-02-09T10:20:00.000Z', 'referral'],
      ['2024-02-10T16:55:00.000Z', 'web'],
    ]);
    expect(ofType('LeadAssigned').map(({ data: { basis } }) => basis)).toEqual(Array(6).fill('capture'));
    expect(ofType('LeadCaptured')[0]!.data.details).toMatchObject({ phone: '+431234567', sector: 'food' });
  });

  it('end as the file says, at the times of the file', async () => {
    await program.project();
    const { items } = await program.readModels.find(leadList, { sort: ['capturedAt'], limit: 10 });
    expect(items.map(({ status, reason, ownerId }) => [status, reason, ownerId !== null])).toEqual([
      ['converted', null, true],
      ['converted', null, true],
      ['unqualified', 'no-budget', true],
      ['unqualified', 'spam', true],
      ['contacted', null, true],
      ['duplicate', null, true],
    ]);
    expect(items[0]).toMatchObject({
      firstContactAt: '2024-02-05T10:40:00.000Z',
      qualifiedAt: '2024-02-08T09:00:00.000Z',
      convertedAt: '2024-02-20T14:30:00.000Z',
    });
  });

  it('become the customers that the file names, with a contact where the customer has none of that address', () => {
    const conversions = ofType('LeadConverted').map(({ data }) => data);
    const registered = log.filter(({ type }) => type === 'CustomerRegistered');
    expect(conversions.map(({ customerId }) => customerId)).toEqual(
      registered.map(({ data }) => (data as { customerId: string }).customerId),
    );
    expect(conversions.map(({ customer, contactId }) => [customer, contactId !== null])).toEqual([
      ['linked', false],
      ['linked', true],
    ]);
    const added = log.filter(({ type }) => type === 'ContactAdded').map(({ data }) => data as { details: object });
    expect(added.map(({ details }) => details)).toMatchObject([{ name: 'Cleo' }, { name: 'Dora' }]);
  });

  it('are not to be answered, for an archive is no to-do list', () => {
    expect(ofType('LeadResponseDue')).toEqual([]);
    expect(log.filter(({ type }) => type.includes('Task'))).toEqual([]);
  });

  it('imported a second time change nothing', async () => {
    expect(await program.import(mapping, folder)).toMatchObject({ events: 0, rows: { accepted: 0, rejected: 1 } });
    expect(await program.log()).toHaveLength(log.length);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import type { ImportReport } from '../../libs/import/report.js';
import { customerProfile } from '../../projections/customer-profile.js';
import { taskList } from '../../projections/task-list.js';
import { exported, forgetExports, ImportProgram } from './program.js';
import { files } from './unseen-files.js';
import { mapping } from './unseen-mapping.js';

describe('an export that nobody here has seen', () => {
  let program: ImportProgram;
  let report: ImportReport;
  let log: readonly RecordedEvent[];
  const events = (type: string) => log.filter((event) => event.type === type);
  // Rows about different things are done side by side: their order in the log says nothing.
  const detailsOf = <Details>(type: string) => events(type).map(({ data }) => (data as { details: Details }).details);
  const customerNamed = (name: string) =>
    events('CustomerRegistered').find(({ data }) => (data as { details: { name: string } }).details.name === name)!;

  beforeAll(async () => {
    program = await ImportProgram.open();
    report = await program.import(mapping, exported(files));
    log = await program.log();
  });
  afterAll(async () => {
    await program.close();
    forgetExports();
  });

  it('comes in but for what cannot be, each with its reason', () => {
    expect(report.rejections.map(({ step, row, line, code }) => [step, row, line, code])).toEqual([
      ['Kunden', 5, 7, 'value-invalid'],
      ['Kontakte', 4, 5, 'value-invalid'],
      ['Aktivitäten', 2, 4, 'date-invalid'],
      ['Aktivitäten', 4, 6, 'value-invalid'],
      ['Rechnungen', 2, 2, 'value-invalid'],
      ['Rechnungen', 3, 3, 'number-invalid'],
      ['Rechnungen', 4, 4, 'reference-unknown'],
      ['Aufgaben', 3, 4, 'due-in-past'],
    ]);
    expect(report.files.find(({ name }) => name === 'customers')).toMatchObject({ rows: 5, ignored: 1 });
    expect(report.rows).toEqual({ accepted: 28, unchanged: 2, rejected: 8 });
  });

  it('has its customers with everything that was known of them', async () => {
    const [nord, sued, dora] = ['Mühle Nord', 'Mühle Süd', 'Dora'].map(customerNamed);
    expect(nord).toMatchObject({
      occurredAt: '2020-01-03T07:15:00.000Z',
      data: {
        kind: 'org',
        tier: 'important',
        tags: ['treu', 'Messe 2024', 'import'],
        details: {
          name: 'Mühle Nord',
          sector: 'food',
          region: 'DE',
          employees: 1200,
          annualRevenue: {
            amount: 125e6,
            currency: 'EUR',
          },
        },
      },
    });
    expect(dora).toMatchObject({ occurredAt: '2020-02-29T22:30:00.000Z', data: { kind: 'person', tier: 'ordinary' } });
    expect(events('CustomerParentLinked').map(({ stream }) => stream)).toEqual([sued!.stream]);
    expect(events('CustomerWentDormant').map(({ stream }) => stream)).toEqual([dora!.stream]);
    await program.project();
    const id = (nord!.data as { customerId: string }).customerId;
    expect(await program.readModels.get(customerProfile, id)).toMatchObject({ customerId: id });
  });

  it('has its contacts, their addresses and what they agreed to', () => {
    const contacts = detailsOf<{ name: string }>('ContactAdded');
    expect(contacts.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
      {
        name: 'Drei',
        title: null,
        role: 'other',
        birthday: null,
        channels: [
          {
            kind: 'email',
            value: 'drei@example.org',
          },
        ],
      },
      {
        name: 'Eva Eins',
        title: 'Frau',
        role: 'decision_maker',
        birthday: '1980-02-29',
        channels: [
          {
            kind: 'email',
            value: 'eva@example.org',
          },
          {
            kind: 'phone',
            value: '+4922112345',
          },
        ],
      },
      {
        name: 'Finn Zwei',
        title: 'Herr',
        role: 'technical',
        birthday: null,
        channels: [
          {
            kind: 'phone',
            value: '+436601234567',
          },
        ],
      },
    ]);
    expect(events('ContactConsentGiven')).toHaveLength(1);
  });

  it('has what was talked about, when it was', () => {
    const imported = events('InteractionLogged').filter(({ metadata }) => metadata.source === 'import');
    const byHand = imported.toSorted((a, b) => a.occurredAt.localeCompare(b.occurredAt));
    expect(byHand).toEqual([
      expect.objectContaining({
        occurredAt: '2024-03-12T08:05:00.000Z',
        data: expect.objectContaining({
          channel: 'call',
          direction: 'outbound',
          durationMinutes: 15,
          summary: 'Angebot besprochen;\nNachfassen',
          contactIds: [expect.any(String)],
        }),
      }),
      expect.objectContaining({
        occurredAt: '2024-03-31T22:00:00.000Z',
        data: expect.objectContaining({ channel: 'web', direction: 'inbound', contactIds: [] }),
      }),
    ]);
  });

  it('has its deals with their ends and their currencies', () => {
    expect(events('OpportunityWon')).toMatchObject([
      { occurredAt: '2024-03-14T23:00:00.000Z', data: { amount: { amount: 1_250_000, currency: 'EUR' } } },
    ]);
    expect(events('OpportunityLost')).toMatchObject([
      { data: { reason: 'price', lostFromStage: 'kontakt', amount: { amount: 800_050, currency: 'CHF' } } },
    ]);
    expect(events('OpportunityVoided')).toHaveLength(1);
    const deals = events('OpportunityRegistered').map(
      ({ data }) => data as { name: string; customerId: string | null },
    );
    const about = Object.fromEntries(deals.map(({ name, customerId }) => [name, customerId]));
    const [nord, sued] = ['Mühle Nord', 'Mühle Süd'].map(
      (name) => (customerNamed(name).data as { customerId: string }).customerId,
    );
    expect(about).toEqual({ 'Siebe (C1)': nord, 'Förderband (C2)': sued, 'Mahlwerk (C3)': null, 'Irrtum (C4)': nord });
  });

  it('has its tasks, done and to be done', async () => {
    const { items } = await program.readModels.find(taskList, { sort: ['dueAt'] });
    expect(items).toMatchObject([
      { title: 'Anrufen', status: 'done', priority: 'high' },
      { title: 'Besuchen', status: 'open', priority: 'normal', dueAt: '2026-09-30T07:00:00.000Z' },
    ]);
  });

  it('says the same again and changes nothing', async () => {
    const again = await program.import(mapping, exported(files));
    expect(again).toMatchObject({ rows: { accepted: 0, unchanged: 30, rejected: 8 }, events: 0 });
    const told = ({ rejections }: ImportReport) =>
      rejections.map(({ file, row, code, details }) => [file, row, code, details]);
    expect(told(again)).toEqual(told(report));
    // Those that rules refused are remembered; those that cannot be understood are read again, as the mapping may be better.
    expect(again).toMatchObject({ remembered: 2, rows: { rejected: 8 } });
  });
});

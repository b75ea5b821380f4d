import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Unavailable } from '../../libs/errors.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import type { Mapping, Step } from '../../libs/import/mapping.js';
import type { ImportReport } from '../../libs/import/report.js';
import { customerList } from '../../projections/customer-list.js';
import { exported, forgetExports, ImportProgram } from './program.js';
import type { Opening } from './program.js';

const staff = 'name,team\nAda,North\nBen,North\nCleo,South\n';
const accounts =
  'id,name,seller,since\n1,North Mill,Ada,2024-01-10\n2,East Works,Ben,2024-01-11\n3,West Farm,Cleo,2024-01-12\n';
const deals = [
  'id,account,seller,created,offer,closed,state,value',
  'd1,1,Ada,2024-02-01,2024-02-10,2024-03-01,won,100.00',
  'd2,2,Ben,2024-02-02,2024-02-11,2024-03-02,lost,',
  'd3,,Cleo,2024-02-03,2024-02-12,,open,50',
  'd4,3,Ada,2024-02-04,,,open,',
  '',
].join('\n');
const files = { 'staff.csv': staff, 'accounts.csv': accounts, 'deals.csv': deals };

const company: Step[] = [
  { target: 'orgUnit', key: ['company'], fields: { name: 'Company', kind: 'company', level: 'senior' } },
  {
    name: 'teams',
    file: 'staff',
    target: 'orgUnit',
    key: ['{team}'],
    fields: { name: '{team}', kind: 'team', level: 'front_line', parentId: { ref: 'orgUnit', key: ['company'] } },
  },
  {
    file: 'staff',
    target: 'position',
    key: ['{name}'],
    fields: { title: 'Agent', orgUnitId: { ref: 'orgUnit', key: ['{team}'] } },
  },
  {
    file: 'staff',
    target: 'employee',
    key: ['{name}'],
    fields: { name: '{name}', positionId: { ref: 'position', key: ['{name}'] } },
  },
];
const customers: Step = {
  file: 'accounts',
  target: 'customer',
  key: ['{id}'],
  at: '{since}',
  fields: { name: '{name}', kind: 'org', ownerId: { ref: 'employee', key: ['{seller}'] } },
};
const pipeline: Step = {
  target: 'pipeline',
  key: ['sales'],
  fields: {
    name: 'Sales',
    stages: [
      { id: 'contact', name: 'Contact', probability: 10, allowWin: false },
      { id: 'offer', name: 'Offer', probability: 50 },
      { id: 'won', name: 'Won', kind: 'won' },
      { id: 'lost', name: 'Lost', kind: 'lost' },
    ] as never,
  },
};
const opportunities: Step = {
  file: 'deals',
  target: 'opportunity',
  key: ['{id}'],
  at: '{created}',
  fields: {
    name: 'Deal {id}',
    pipelineId: { ref: 'pipeline', key: ['sales'] },
    ownerId: { ref: 'employee', key: ['{seller}'] },
    customerId: { ref: 'customer', key: ['{account}'] },
  },
  then: [
    {
      target: 'opportunityStage',
      when: { column: 'offer', present: true },
      at: '{offer}',
      fields: { stageId: 'offer' },
    },
    {
      target: 'opportunityWon',
      when: { column: 'state', equals: 'won' },
      at: '{closed}',
      fields: { amount: '{value}' },
    },
    {
      target: 'opportunityLost',
      when: { column: 'state', equals: 'lost' },
      at: '{closed}',
      fields: { reason: 'price' },
    },
  ],
};
const base: Mapping = {
  source: 'test',
  at: '2024-01-01',
  currency: 'EUR',
  files: { staff: { path: 'staff.csv' }, accounts: { path: 'accounts.csv' }, deals: { path: 'deals.csv' } },
  steps: [...company, customers, pipeline, opportunities],
};
const withSteps = (...steps: Step[]): Mapping => ({ ...base, steps });

const open: ImportProgram[] = [];
async function program(opening: Opening = {}): Promise<ImportProgram> {
  const opened = await ImportProgram.open(opening);
  open.push(opened);
  return opened;
}
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});
afterAll(forgetExports);

/** What a mapping makes of these files, decided on an empty log. */
async function tried(mapping: Mapping, change: Partial<typeof files> = {}): Promise<ImportReport> {
  return (await program({ dryRun: 'on nothing' })).import(mapping, exported({ ...files, ...change }));
}
const brief = ({ rejections }: ImportReport) => rejections.map(({ file, row, code }) => `${file} ${row} ${code}`);

describe('an import', () => {
  it('turns every row into commands, under the name of the import, at their business time', async () => {
    const { log, importing } = await (async () => {
      const opened = await program();
      const report = await opened.import(base, exported(files), { importId: 'import-1' });
      return { log: await opened.log(), importing: report };
    })();
    expect(importing).toMatchObject({
      ...{ importId: 'import-1', source: 'test', dryRun: false, rejections: [], byCode: {} },
      rows: { accepted: 17, unchanged: 1, rejected: 0 },
      byTarget: {
        orgUnit: { accepted: 3, unchanged: 1, rejected: 0 },
        employee: { accepted: 3, unchanged: 0, rejected: 0 },
        customer: { accepted: 3, unchanged: 0, rejected: 0 },
        opportunity: { accepted: 4, unchanged: 0, rejected: 0 },
      },
      files: [
        { name: 'staff', path: 'staff.csv', rows: 3, ignored: 0 },
        { name: 'accounts', rows: 3 },
        { name: 'deals', rows: 4 },
      ],
      events: log.length,
    });
    expect(
      new Set(log.map(({ metadata }) => JSON.stringify([metadata.importId, metadata.source, metadata.actor]))),
    ).toEqual(new Set([JSON.stringify(['import-1', 'import', { id: 'import', name: 'Import of test' }])]));
    const ended = log.filter(({ type }) => /^Opportunity(Won|Lost)$/.test(type));
    expect(ended.map(({ type, occurredAt }) => [type, occurredAt])).toEqual([
      ['OpportunityWon', '2024-03-01T00:00:00.000Z'],
      ['OpportunityLost', '2024-03-02T00:00:00.000Z'],
    ]);
  });

  it('of the same again appends nothing, and keeps a report of each', async () => {
    const opened = await program();
    const folder = exported(files);
    const first = await opened.import(base, folder);
    const before = await opened.log();
    const second = await opened.import(base, folder);
    expect(second).toMatchObject({ rows: { accepted: 0, unchanged: 18, rejected: 0 }, events: 0 });
    expect(await opened.log()).toHaveLength(before.length);
    const kept = readdirSync(join(opened.folder, 'imports')).sort();
    expect(kept).toEqual([first, second].map(({ importId }) => `${importId}.json`).sort());
    const report: unknown = JSON.parse(readFileSync(join(opened.folder, 'imports', `${second.importId}.json`), 'utf8'));
    expect(report).toEqual(second);
  });

  it('is recognised after the program was started anew, and when steps have other names', async () => {
    const first = await program();
    const folder = exported(files);
    await first.import(base, folder);
    const { length } = await first.log();
    open.splice(open.indexOf(first), 1);
    await first.close({ keep: true });
    const second = await program({ folder: first.folder });
    const renamed = { ...base, steps: base.steps.map((step, index) => ({ ...step, name: `step ${index}` })) };
    expect(await second.import(renamed, folder)).toMatchObject({ rows: { accepted: 0, unchanged: 18, rejected: 0 } });
    expect(await second.log()).toHaveLength(length);
  });

  it('of a later export does what has changed', async () => {
    const opened = await program();
    await opened.import(base, exported(files));
    const later = deals.replace(
      'd3,,Cleo,2024-02-03,2024-02-12,,open,50',
      'd3,,Cleo,2024-02-03,2024-02-12,2024-04-01,won,50',
    );
    const renamed = accounts.replace('West Farm', 'West Farms');
    const report = await opened.import(base, exported({ ...files, 'deals.csv': later, 'accounts.csv': renamed }));
    expect(report).toMatchObject({ rows: { accepted: 1, unchanged: 16, rejected: 1 }, events: 1 });
    expect(brief(report)).toEqual(['accounts.csv 3 customer-exists']);
    expect((await opened.log()).at(-1)).toMatchObject({ type: 'OpportunityWon', data: { amount: { amount: 5_000 } } });
  });

  it.each([3, 12, 27])(
    'that died after %i events is completed by the next one, in the same order',
    async (survives) => {
      const folder = exported(files);
      const whole = await program();
      await whole.import(base, folder);
      const dies = (store: EventStore): EventStore => {
        const append = store.append.bind(store);
        let room = survives;
        store.append = async (stream, expected, events) => {
          room -= events.length;
          if (room < 0) throw new Unavailable('store-unavailable', 'Nothing can be written any more.', 5);
          return append(stream, expected, events);
        };
        return store;
      };
      const first = await program({ around: dies });
      await expect(first.import(base, folder)).rejects.toMatchObject({ code: 'store-unavailable' });
      open.splice(open.indexOf(first), 1);
      await first.close({ keep: true });
      const second = await program({ folder: first.folder });
      expect(await second.import(base, folder)).toMatchObject({ rows: { accepted: expect.any(Number), rejected: 0 } });
      const byStream = (history: readonly object[]) =>
        (history as { stream: string; revision: number }[]).toSorted(
          (a, b) => a.stream.localeCompare(b.stream) || a.revision - b.revision,
        );
      expect(byStream(await second.history())).toEqual(byStream(await whole.history()));
    },
  );

  it('stops before the next row when it is told to', async () => {
    const opened = await program();
    const stop = new AbortController();
    const progress = ({ step }: { step: string }) => step === 'teams' && stop.abort(new Error('enough'));
    const running = opened.import(base, exported(files), { signal: stop.signal, progress });
    await expect(running).rejects.toThrow('enough');
    expect((await opened.log()).length).toBeLessThan(5);
  }, 10_000);

  it('says how far it has come', async () => {
    const many = `name,team\n${Array.from({ length: 250 }, (_, index) => `Agent ${index},North`).join('\n')}\n`;
    const seen: string[] = [];
    const opened = await program({ dryRun: 'on nothing' });
    await opened.import(withSteps(...company.slice(0, 2)), exported({ 'staff.csv': many }), {
      progress: ({ step, done, rows }) => seen.push(`${step} ${done}/${rows}`),
    });
    expect(seen).toEqual(['orgUnit 0/251', 'teams 1/251', 'teams 100/251', 'teams 200/251', 'teams 251/251']);
  });
});

describe('a dry run', () => {
  it('ends as the real one would, and writes nothing', async () => {
    const broken = deals.replace('2024-02-11', '2024-02-31').replace('d4,3', 'd4,33');
    const folder = exported({ ...files, 'deals.csv': broken });
    const trial = await program({ dryRun: 'on the log' });
    const dry = await trial.import(base, folder);
    const [trialHistory, storeFiles] = [await trial.history(), readdirSync(trial.folder).sort()];
    expect(existsSync(join(trial.folder, 'imports'))).toBe(false);
    expect(storeFiles.filter((name) => name.startsWith('events'))).not.toEqual([]);

    const real = await program();
    const done = await real.import(base, folder);
    const same = ({ importId: _, dryRun: __, startedAt: ___, endedAt: ____, ...rest }: ImportReport) => rest;
    expect(same(dry)).toEqual(same(done));
    expect(trialHistory).toEqual(await real.history());
    expect([dry.dryRun, done.dryRun]).toEqual([true, false]);
    expect(brief(dry)).toEqual(['deals.csv 2 date-invalid', 'deals.csv 4 reference-unknown']);
    open.splice(open.indexOf(trial), 1);
    await trial.close({ keep: true });
    expect(await (await program({ folder: trial.folder })).log()).toEqual([]);
  });

  it('knows what was imported before', async () => {
    const first = await program();
    const folder = exported(files);
    await first.import(base, folder);
    open.splice(open.indexOf(first), 1);
    await first.close({ keep: true });
    const trial = await program({ folder: first.folder, dryRun: 'on the log' });
    expect(await trial.import(base, folder)).toMatchObject({ rows: { accepted: 0, unchanged: 18 }, events: 0 });
  });

  it('is refused on the log itself, as is the real thing on an overlay', async () => {
    const real = await program();
    await expect(real.import(base, exported(files), { dryRun: true })).rejects.toThrow('overlay');
    const trial = await program({ dryRun: 'on nothing' });
    await expect(trial.import(base, exported(files), { dryRun: false })).rejects.toThrow('overlay');
  });
});

describe('a row that is wrong is rejected with its number, and the others go on', () => {
  const rows: [string, string, string][] = [
    ['a date that does not exist', 'd9,1,Ada,2024-02-30,,,open,', 'date-invalid'],
    ['a date of the future', 'd9,1,Ada,2099-01-01,,,open,', 'in-the-future'],
    ['an amount that is none', 'd9,1,Ada,2024-02-01,2024-02-02,2024-02-03,won,a lot', 'number-invalid'],
    ['an amount below zero', 'd9,1,Ada,2024-02-01,2024-02-02,2024-02-03,won,-5', 'value-invalid'],
    ['an amount that is too fine', 'd9,1,Ada,2024-02-01,2024-02-02,2024-02-03,won,0.001', 'number-invalid'],
    ['a customer that is not there', 'd9,77,Ada,2024-02-01,,,open,', 'reference-unknown'],
    ['an employee who is not there', 'd9,1,Zoe,2024-02-01,,,open,', 'reference-unknown'],
    ['no employee', 'd9,1,,2024-02-01,,,open,', 'value-missing'],
    ['no key', ',1,Ada,2024-02-01,,,open,', 'key-missing'],
    ['no time', 'd9,1,Ada,,,,open,', 'value-missing'],
    ['too few cells', 'd9,1,Ada,2024-02-01', 'row-too-short'],
    ['too many cells', 'd9,1,Ada,2024-02-01,,,open,,more', 'row-too-long'],
    ['a text with control characters', 'd\u00079,1,Ada,2024-02-01,,,open,', 'value-invalid'],
    ['a text that is too long', `${'d'.repeat(300)},1,Ada,2024-02-01,,,open,`, 'value-invalid'],
    ['what a rule refuses', 'd9,1,Ada,2024-02-01,2024-01-31,,open,', 'before-stage-entered'],
    ['what a rule refuses at the end', 'd9,1,Ada,2024-02-01,,2024-02-03,won,5', 'stage-win-forbidden'],
  ];
  let opened: ImportProgram;
  beforeAll(async () => {
    opened = await ImportProgram.open({ dryRun: 'on nothing' });
    await opened.import(base, exported(files));
  });
  afterAll(() => opened.close());

  it.each(rows)('%s', async (what, row, code) => {
    const own = row.replace(/^d\u0007?9/, (id) => `${id} ${what}`);
    const report = await opened.import(base, exported({ ...files, 'deals.csv': deals.replace('d2,', `${own}\nd2,`) }));
    expect(brief(report)).toEqual([`deals.csv 2 ${code}`]);
    expect(report.rejections[0]).toMatchObject({ line: 3 });
    expect(report.byTarget['opportunity']).toMatchObject({ unchanged: 4 });
    expect(report.byCode).toEqual({ [code]: 1 });
  });

  it('names all that is wrong with a row, and where', async () => {
    const wrong = `${deals}d9,1,,2024-02-30,,,open,\n`;
    const report = await opened.import(base, exported({ ...files, 'deals.csv': wrong }));
    expect(report.rejections).toEqual([
      {
        ...{ file: 'deals.csv', row: 5, line: 6, target: 'opportunity', step: 'opportunity', code: 'date-invalid' },
        message:
          'at: "2024-02-30" is no date that exists, written as iso. ownerId: This is needed, and the row has nothing for it.',
      },
    ]);
  });

  it('says which command of a row was refused, and keeps what came before', async () => {
    const row = 'd10,1,Ada,2024-02-01,,2024-02-03,won,5';
    const report = await opened.import(base, exported({ ...files, 'deals.csv': deals.replace('d2,', `${row}\nd2,`) }));
    expect(report).toMatchObject({ events: 1, rejections: [{ target: 'opportunityWon', step: 'opportunity' }] });
    expect((await opened.log()).at(-1)).toMatchObject({ type: 'OpportunityRegistered', data: { name: 'Deal d10' } });
  });

  it('keeps values out of messages that could be personal', async () => {
    const steps: Step[] = [
      { ...customers, fields: { name: '{name}', kind: 'person', phone: '{seller}' } },
      {
        file: 'accounts',
        target: 'customerParent',
        fields: { customerId: { ref: 'customer', key: ['{name}'] }, parentCustomerId: '{seller}' },
      },
    ];
    const report = await opened.import({ ...withSteps(...steps), source: 'other' }, exported(files));
    expect(report.rejections).toHaveLength(6);
    expect(JSON.stringify(report.rejections)).not.toMatch(/Ada|Mill/);
  });

  it('lists them in the order of the steps and files, and in a file of their own', async () => {
    const real = await program();
    const lines = Array.from(
      { length: 300 },
      (_, index) => `e${index},${index % 3 === 0 ? 9 : 1},Ada,2024-02-01,,,open,`,
    );
    const many = `${deals.split('\n')[0]}\n${lines.join('\n')}\n`;
    const report = await real.import(base, exported({ ...files, 'deals.csv': many }));
    expect(report.rejections.map(({ row }) => row)).toEqual(Array.from({ length: 100 }, (_, index) => 1 + 3 * index));
    const kept = readFileSync(join(real.folder, 'imports', `${report.importId}.rejections.jsonl`), 'utf8');
    expect(kept.trimEnd().split('\n')).toHaveLength(100);
  });
});

describe('rows', () => {
  it('that say the same are one thing', async () => {
    const report = await tried(base, {
      'accounts.csv': accounts.replace('2,East', '1,North Mill,Ada,2024-01-10\n2,East'),
    });
    expect(report.byTarget['customer']).toEqual({ accepted: 3, unchanged: 1, rejected: 0 });
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

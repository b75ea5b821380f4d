import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Expression, Step } from '../../libs/import/mapping.js';
import { base, brief, customers, deals, files, opportunities, pipeline, withSteps } from './samples.js';
import { closePrograms, exported, forgetExports, ImportProgram, program } from './program.js';

afterEach(closePrograms);
afterAll(forgetExports);

const stages = (gate: string) =>
  [
    { id: 'contact', name: 'Contact', probability: 10 },
    { id: 'offer', name: 'Offer', probability: 50, entryGate: [gate] },
    { id: 'won', name: 'Won', kind: 'won' },
    { id: 'lost', name: 'Lost', kind: 'lost' },
  ] as never;

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
  ];
  let opened: ImportProgram;
  beforeAll(async () => {
    opened = await ImportProgram.open({ dryRun: 'on nothing' });
    await opened.import(base, exported(files));
  });
  afterAll(() => opened.close());

  it.each(rows)('%s', async (what, row, code) => {
    const own = row.replace(/^d.?9/, (id) => `${id} ${what}`);
    const report = await opened.import(base, exported({ ...files, 'deals.csv': deals.replace('d2,', `${own}\nd2,`) }));
    expect(brief(report)).toEqual([`deals.csv 2 ${code}`]);
    expect(report.rejections[0]).toMatchObject({ line: 3 });
    expect(report.byTarget['opportunity']).toMatchObject({ unchanged: 4 });
    expect(report.byCode).toEqual({ [code]: 1 });
  });

  it('a date of the future is no time of others, whose greatest date is asked for, and is named where it stands', async () => {
    const at: Expression = { first: ['{created}', { max: { file: 'deals', column: 'closed' } }] };
    const undated = `${deals}d5,1,Ada,,,,open,\nd6,1,Ada,2024-02-01,2024-02-02,2099-02-01,won,5\n`;
    const steps = base.steps.map((step) => (step.target === 'opportunity' ? { ...step, at } : step));
    const report = await opened.import({ ...base, steps }, exported({ ...files, 'deals.csv': undated }));
    expect(brief(report)).toEqual(['deals.csv 6 in-the-future']);
    expect(report.rejections[0]!.message).toContain('2099-02-01T00:00:00.000Z');
    const made = (await opened.log()).findLast(({ type }) => type === 'OpportunityRegistered');
    expect(made).toMatchObject({ data: { name: 'Deal d5' }, occurredAt: '2024-03-02T00:00:00.000Z' });
  });

  it('names all that is wrong with a row, and where', async () => {
    const wrong = `${deals}d9,1,,2024-02-30,,,open,\n`;
    const report = await opened.import(base, exported({ ...files, 'deals.csv': wrong }));
    expect(report.rejections).toEqual([
      {
        file: 'deals.csv',
        row: 5,
        line: 6,
        target: 'opportunity',
        step: 'opportunity',
        code: 'date-invalid',
        message:
          'at: "2024-02-30" is no date that exists, written as iso. ownerId: This is needed, and the row has nothing for it.',
      },
    ]);
  });

  it('is accepted when only what else it says was refused, and named with that', async () => {
    const rows = ['d10,1,Ada,2024-02-01,,2024-02-03,won,5', 'd11,1,Ada,2024-02-01,2024-01-31,2024-02-03,won,5'];
    const folder = exported({ ...files, 'deals.csv': deals.replace('d2,', `${rows.join('\n')}\nd2,`) });
    const report = await opened.import(base, folder);
    expect(report).toMatchObject({
      byTarget: { opportunity: { accepted: 2, unchanged: 4, rejected: 0 } },
      byCode: { 'stage-win-forbidden': 1, 'before-stage-entered': 1 },
      rejections: [],
      incomplete: [
        { row: 2, target: 'opportunityWon', step: 'opportunity', code: 'stage-win-forbidden', incomplete: true },
        {
          row: 3,
          target: 'opportunityStage',
          code: 'before-stage-entered',
          details: { stageEnteredAt: expect.any(String) },
        },
      ],
    });
    const registered = (await opened.log()).filter(({ type }) => type === 'OpportunityRegistered');
    expect(registered.slice(-2)).toMatchObject([{ data: { name: 'Deal d10' } }, { data: { name: 'Deal d11' } }]);
    expect(await opened.import(base, folder)).toMatchObject({
      events: 0,
      remembered: 2,
      incomplete: [{ row: 2 }, { row: 3 }],
    });
  });

  it('tells what the API tells beside the code', async () => {
    const gated = { ...pipeline, key: ['gated'], fields: { ...pipeline.fields, stages: stages('amount') } };
    const pipelineId = { ref: 'pipeline', key: ['gated'] } as const;
    const deal = { ...opportunities, key: ['gated', '{id}'], fields: { ...opportunities.fields, pipelineId } };
    const report = await opened.import(withSteps(gated, deal), exported(files));
    expect(report.incomplete[0]).toMatchObject({
      code: 'gate-unmet',
      details: { unmet: [{ gate: 'entry', stageId: 'offer', requirement: 'amount' }] },
    });
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

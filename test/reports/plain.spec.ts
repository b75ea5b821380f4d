import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Output } from '../../apps/cli/output.js';
import { reportText } from '../../apps/cli/report.command.js';
import { reports as listed } from '../../apps/program/contexts.js';
import { readModels as known, reports as own } from '../../apps/program/definitions.js';
import { readModel, rollup } from '../../libs/read-models/rollup.js';
import type { Rollup } from '../../libs/read-models/rollup.js';
import { InstalledExtensions } from '../../libs/extensions/extensions.js';
import type { Report } from '../../libs/reports/answer.js';
import { answerable, Reports } from '../../libs/reports/reports.js';
import { customerList } from '../../projections/customer-list.js';
import { pipelineList } from '../../projections/pipeline-list.js';

import { TestApp } from '../support/app.js';

/** What an analyst adds: a rollup, and no report. */
const tierCount = rollup({
  name: 'tier-count',
  version: 1,
  of: customerList,
  dimensions: ['tier', 'owner', 'tone'],
  measures: ['customers', 'letters'],
  durations: ['sinceRegistration'],
  cells: ({ tier, name, ownerId }) => [
    {
      day: '2024-02-29',
      key: { tier, owner: ownerId, tone: name === 'North Mill' ? 'warm' : 'cold' },
      measures: { customers: 1, letters: name.length },
      durations: { sinceRegistration: 86_400_000 },
    },
  ],
});

const answered = answerable(known, [...listed, tierCount as Rollup]);

describe('a rollup that has no report', () => {
  let app: TestApp;
  let after: number;

  beforeAll(async () => {
    app = await TestApp.start({
      installation: { ...answered, definitions: answered.readModels, extensions: new InstalledExtensions([]) },
    });
    await app.done('/customers', { kind: 'org', name: 'North Mill', tier: 'important' });
    await app.done('/customers', { kind: 'org', name: 'South Mill', tier: 'important' });
    ({ position: after } = await app.done('/customers', { kind: 'org', name: 'Inn' }));
  });
  afterAll(() => app.stop());

  it('is answered over HTTP, with its measures and durations as columns', async () => {
    const { status, body } = await app.get(`/reports/tier-count?after=${after}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      report: 'tier-count',
      basis: 'sums',
      definition: 'customer-list@5 tier-count@1 tier-count-report@1'.replace('@5', `@${customerList.version}`),
      rows: [{ customers: 3, letters: 23, sinceRegistration: { count: 3 } }],
    });
  });

  it('is kept apart and filtered by its dimensions, also by one that no other report has', async () => {
    const { body } = await app.get('/reports/tier-count?by=tier,month');
    expect(body).toMatchObject({
      rows: [
        { tier: 'important', month: '2024-02', customers: 2, letters: 20 },
        { tier: 'ordinary', month: '2024-02', customers: 1, letters: 3 },
      ],
    });
    expect((await app.get('/reports/tier-count?tone=warm')).body).toMatchObject({ rows: [{ customers: 1 }] });
    expect((await app.get('/reports/tier-count?tone=loud')).body).toMatchObject({ code: 'value-unknown' });
    expect((await app.get('/reports/tier-count?from=2024-03-01')).body).toMatchObject({ rows: [] });
    expect((await app.get('/reports/rfm?tone=warm')).body).toMatchObject({ code: 'dimension-unknown' });
  });

  it('has names beside its ids', async () => {
    const { body } = await app.get('/reports/tier-count?by=owner');
    expect(body).toMatchObject({ rows: [{ owner: null, ownerName: null, customers: 3 }] });
  });

  it('is a table on the screen, and CSV', async () => {
    const { text } = (await app.get('/reports/tier-count?by=tier&format=csv')).body as unknown as { text: string };
    expect(text.split('\r\n')[0]).toBe(
      'tier,customers,letters,sinceRegistration count,sinceRegistration p50,sinceRegistration p90,definition',
    );
    const { body } = await app.get('/reports/tier-count?by=tier');
    const output = new Output(false, { write: () => true, isTTY: false, columns: 80, once: () => undefined } as never);
    const shown = reportText(output, body as unknown as Report, new Reports(answered.reports).of('tier-count'));
    expect(shown).toMatch(/^Tier-count \(sums\), by tier, at position \d+\n/);
    expect(shown).toMatch(/important +2 +20 /);
  });

  it('stands in the description of the API', async () => {
    const { body } = await app.get('/openapi.json');
    expect(body).toMatchObject({ paths: { '/reports/tier-count': {}, '/reports/funnel': {} } });
  });
});

describe('the list of reports', () => {
  const named = (name: string) => ({ ...listed[0]!, name });

  it('puts every report beside the projection that it sums up', () => {
    for (const { rollup } of own) {
      const beside = known.filter(({ rollups }) => rollups.includes(rollup)).map(({ projection }) => projection.name);
      expect([rollup.name, ...beside]).toEqual([rollup.name, rollup.of.name]);
    }
    expect(known.flatMap(({ rollups }) => rollups)).toHaveLength(own.length);
  });

  it('may name a rollup beside its projection as well', () => {
    const beside = known.map((each) =>
      each.projection.name === 'customer-list' ? readModel(customerList, tierCount) : each,
    );
    const names = answerable(beside, listed).reports.map(({ name }) => name);
    expect(names).toEqual([...own.map(({ name }) => name), 'tier-count']);
  });

  it('refuses two of one name', () => {
    expect(() => answerable(known, [...listed, named('rfm')])).toThrow('there are two of one name: the report rfm');
    expect(() => answerable([...known, readModel(customerList)], listed)).toThrow(
      'there are two of one name: the projection customer-list',
    );
    const twice = known.map((each) =>
      each.projection.name === 'pipeline-list'
        ? readModel(pipelineList, { ...tierCount, of: pipelineList } as never, tierCount as never)
        : each,
    );
    expect(() => answerable(twice, listed)).toThrow('there are two of one name: the rollup tier-count');
  });

  it('refuses a report of a projection that is not listed', () => {
    const without = known.filter(({ projection }) => projection.name !== 'customer-value');
    expect(() => answerable(without, listed)).toThrow(
      'the report retention sums up customer-value, which is not among the projections',
    );
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Output } from '../../apps/cli/output.js';
import { programFor } from '../../apps/cli/program.js';
import { installationOf, readModels as own } from '../../apps/program/definitions.js';
import { ReadModels } from '../../libs/read-models/read-models.js';
import { TestApp } from '../support/app.js';

const page = readFileSync(new URL('../../docs/extensions.md', import.meta.url), 'utf8');
const example = /```js\n(.*?)```/s.exec(page)![1]!;

const folders: string[] = [];

/** A folder with these modules. */
function folderOf(modules: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'annals-extensions-'));
  folders.push(folder);
  for (const [name, source] of Object.entries(modules)) writeFileSync(join(folder, name), source);
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** What a command prints on standard output and beside it. */
async function said(...asked: string[]): Promise<{ readonly out: string; readonly notes: string }> {
  const out: string[] = [];
  const notes: string[] = [];
  const stream = (into: string[]) =>
    ({ write: (text: string) => into.push(text) > 0, isTTY: false, columns: 200, once: () => undefined }) as never;
  const signal = new AbortController().signal;
  const begin = ({ json }: { json?: true }) => ({
    output: new Output(json === true, stream(out), stream(notes)),
    signal,
  });
  const program = await programFor(asked, begin);
  const write = (text: string) => out.push(text);
  for (const each of [program, ...program.commands]) each.configureOutput({ writeOut: write, writeErr: write });
  await program.parseAsync(asked, { from: 'user' }).catch((error: unknown) => {
    if ((error as { readonly exitCode?: number }).exitCode !== 0) throw error;
  });
  return { out: out.join(''), notes: notes.join('') };
}

const rows = ({ body }: { readonly body: object }) => (body as { readonly rows: readonly object[] }).rows;

describe('the example of docs/extensions.md', () => {
  let app: TestApp;
  const extensions = folderOf({ 'industries.mjs': example });

  beforeAll(async () => {
    app = await TestApp.start({ EXTENSIONS: extensions });
    for (const [name, sector, amount] of [
      ['North Mill', 'food', 12_500],
      ['South Mill', 'food', 2_500],
      ['Inn', 'travel', 700],
    ] as const) {
      const { id } = await app.done('/customers', { kind: 'org', name, sector, tier: 'important' });
      const { position } = await app.done(`/customers/${id}/purchases`, { amount: { amount, currency: 'EUR' } });
      for (const report of ['industries', 'tier-count']) await app.get(`/reports/${report}?after=${position}`);
    }
  });
  afterAll(() => app.stop({ keep: true }));

  it('is answered over HTTP', async () => {
    const answer = await app.get('/reports/industries');
    expect(answer.body).toMatchObject({
      definition: 'orders@1 sector-orders@1 industries-report@1',
      basis: 'ordered',
    });
    expect(rows(answer)).toEqual([
      { sector: 'food', orders: 2, amounts: [{ amount: 15_000, currency: 'EUR' }] },
      { sector: 'travel', orders: 1, amounts: [{ amount: 700, currency: 'EUR' }] },
    ]);
    expect(rows(await app.get('/reports/tier-count?by=tier'))).toEqual([{ tier: 'important', customers: 3 }]);
    const { body } = await app.get('/openapi.json');
    expect(Object.keys(body['paths'] as unknown as object)).toEqual(
      expect.arrayContaining(['/reports/industries', '/reports/tier-count']),
    );
  });

  it('is answered for a past moment', async () => {
    expect(rows(await app.get('/reports/industries?asOf=2020-01-01T00:00:00Z'))).toEqual([]);
    expect(rows(await app.get('/reports/industries?asOf=2999-01-01T00:00:00Z&by='))).toMatchObject([{ orders: 3 }]);
  });

  it('is said in status and health', async () => {
    expect(await app.get('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ok', details: { extensions: { status: 'up', faults: [] } } },
    });
    const { body } = await app.get('/projections');
    const found = (body as unknown as { name: string; extension: string | null }[]).filter(
      ({ extension }) => extension,
    );
    expect(found.map(({ name, extension }) => [name, extension])).toEqual([
      ['orders', 'industries.mjs'],
      ['industries-customer-list', 'industries.mjs'],
    ]);
  });

  it('is answered on the command line, with every command told where it is', async () => {
    const options = ['--data', app.folder, '--extensions', extensions];
    const json = await said('report', 'industries', '--by', 'sector', '--json', ...options);
    expect(JSON.parse(json.out)).toMatchObject({
      report: 'industries',
      rows: [{ sector: 'food' }, { sector: 'travel' }],
    });
    expect((await said('report', 'tier-count', '--by', 'tier', '--csv', ...options)).out).toMatch(
      /^tier,customers,definition\r\nimportant,3,/,
    );
    expect((await said('report', '--help', ...options)).out).toMatch(/"industries",\s+"tier-count"/);
    const status = JSON.parse((await said('status', '--json', ...options)).out) as object;
    expect(status).toMatchObject({
      extensions: [{ extension: 'industries.mjs', reports: ['industries', 'tier-count'], fault: null }],
    });
    await expect(said('report', 'industries', '--data', app.folder)).rejects.toMatchObject({ exitCode: 1 });
  });
});

/** A module that counts customers, with one line of its own. */
const counting = (
  name: string,
  { evolve = '({})', cells = '[{ key: {}, measures: { customers: 1 } }]', rest = '' } = {},
) => `
export default ({ projection, rollup }) => {
  const of = projection({
    name: '${name}', version: 1, id: ({ data }) => data.customerId, indexes: [],
    starts: { CustomerRegistered: ({ data }) => ${evolve} }, on: {},
  });
  ${rest}
  return { projections: [of], reports: [
    rollup({ name: '${name}-count', version: 1, of, dimensions: [], measures: ['customers'], cells: (document) => ${cells} }),
  ] };
};`;

describe('a module that cannot be loaded', () => {
  it.each([
    ['does not parse', 'export default (', /./],
    ['throws', 'throw new Error("no licence");', /^no licence$/],
    ['throws when it is called', 'export default () => { throw "no licence"; };', /^no licence$/],
    ['exports nothing', 'export const a = 1;', /^it exports no function by default$/],
    ['exports no lists', 'export default () => ({ reports: 7 });', /^projections and reports are lists$/],
    ['has a wrong name', counting('Too Large'), /^a projection is called Too Large: names are lower-case words/],
    [
      'takes the name of a projection',
      counting('customer-list'),
      /^there is a projection called customer-list already/,
    ],
    ['takes the name of another file', counting('sound'), /^there is a projection called sound already/],
    [
      'takes the name of a report',
      counting('other').replace("'other-count'", "'funnel'"),
      /^there is a report called funnel already/,
    ],
    [
      'indexes what is no path',
      counting('other').replace('indexes: []', "indexes: [['a; DROP TABLE b']]"),
      /^the projection other has the path a; DROP TABLE b in an index/,
    ],
    [
      'sums up what it was not given',
      counting('other').replace('projections: [of]', 'projections: []'),
      /^it sums up other, which is neither among its projections/,
    ],
  ])('is left out when it %s, and the others are there', async (_, source, fault) => {
    const folder = folderOf({
      'a-sound.mjs': counting('sound'),
      'b-broken.mjs': source,
      'c-other.mjs': counting('third'),
    });
    const { readModels, reports, extensions } = await installationOf({ EXTENSIONS: folder });
    expect(extensions.faults).toEqual([{ extension: 'b-broken.mjs', fault: expect.stringMatching(fault) }]);
    expect(readModels.slice(own.length).map(({ projection }) => projection.name)).toEqual(['sound', 'third']);
    expect(reports.slice(-2).map(({ name }) => name)).toEqual(['sound-count', 'third-count']);
  });

  it('is a folder that is not there', async () => {
    const { extensions, readModels } = await installationOf({ EXTENSIONS: '/nowhere' });
    expect(extensions.faults).toMatchObject([{ extension: '/nowhere', fault: expect.stringContaining('ENOENT') }]);
    expect(readModels).toHaveLength(own.length);
  });
});

describe('a fault of an extension', () => {
  let app: TestApp;
  afterEach(() => app.stop());
  const failures: object[] = [];

  async function started(modules: Readonly<Record<string, string>>, folder?: string): Promise<void> {
    const report = (_: string, details: object) => failures.push(details);
    const EXTENSIONS = folderOf(modules);
    app = await TestApp.start({ EXTENSIONS, report, ...(folder !== undefined && { folder }) });
  }
  const customer = (name: string) => app.done('/customers', { kind: 'org', name });
  const ready = async () => (await app.get('/health/ready')).body;

  it.each([
    ['folding throws', { evolve: "(() => { if (data.details.name === 'Bad') throw new Error('oh'); return {}; })()" }],
    ['a document is no JSON', { evolve: "data.details.name === 'Bad' ? { n: 1n } : {}" }],
    ['a document is no object', { evolve: "data.details.name === 'Bad' ? 7 : {}" }],
    [
      'counting throws',
      {
        evolve: 'data.details',
        cells: "document.name === 'Bad' ? document.no.thing : [{ key: {}, measures: { customers: 1 } }]",
      },
    ],
    [
      'a cell is a fraction',
      { evolve: 'data.details', cells: "[{ key: {}, measures: { customers: document.name === 'Bad' ? 0.5 : 1 } }]" },
    ],
    [
      'a cell has no such measure',
      {
        evolve: 'data.details',
        cells: "[{ key: {}, measures: { [document.name === 'Bad' ? 'x' : 'customers']: 1 } }]",
      },
    ],
  ])('parks the document where %s', async (_, how) => {
    await started({ 'counting.mjs': counting('counted', how) });
    await customer('Good');
    await customer('Bad');
    const { position } = await customer('Better');
    const { body } = await app.get(`/reports/counted-count?after=${position}`);
    expect(body).toMatchObject({ rows: [{ customers: 2 }], parked: { count: 1 } });
    expect((await app.get(`/customers?after=${position}`)).body).toMatchObject({ items: [{}, {}, {}] });
    expect((await app.get(`/reports/portfolio?after=${position}`)).body).toMatchObject({ parked: { count: 0 } });
    expect(await ready()).toMatchObject({
      status: 'degraded',
      details: { readModels: { status: 'degraded', parked: ['counted'] } },
    });
  });

  it('leaves alone what the program made of the same event', async () => {
    await started({ 'counting.mjs': counting('counted', { evolve: "(data.details.name = 'changed', data)" }) });
    const { id, position } = await customer('Good');
    await app.get(`/reports/counted-count?after=${position}`);
    expect((await app.get(`/customers/${id}?after=${position}`)).body).toMatchObject({ details: { name: 'Good' } });
  });

  it('stops the read model alone when there are many', async () => {
    await started({ 'counting.mjs': counting('counted', { evolve: "(() => { throw new Error('always'); })()" }) });
    let position = 0;
    for (let index = 0; index < 110; index += 1) ({ position } = await customer(`Customer ${index}`));
    expect((await app.get(`/customers?after=${position}`)).body).toMatchObject({ items: expect.anything() });
    const readModels = app.http.get(ReadModels);
    const counted = async () => (await readModels.generations()).find(({ name }) => name === 'counted');
    while ((await counted())?.error === null) await readModels.changed();
    expect(await counted()).toMatchObject({ state: 'active', error: expect.stringMatching(/^too much is parked: /) });
    expect(await readModels.parked()).toHaveLength(100);
    expect(await ready()).toMatchObject({ status: 'degraded', details: { log: { status: 'up' } } });
  });

  it('is the answer where a report fails, and of no other', async () => {
    const failing = counting('counted')
      .replace('({ projection, rollup })', '({ projection, rollup, report, column })')
      .replace(
        '] };',
        `report({ name: 'failing', version: 1, says: 'Nothing.', dimensions: {}, asks: () => [{}], rows: () => { throw new Error('oh'); },
        rollup: rollup({ name: 'other', version: 1, of, dimensions: [], measures: ['n'], cells: () => [] }),
        bases: { all: { says: 'All.', window: 'All.', by: [], policies: [], columns: { n: column.count('N.') } } } })] };`,
      );
    await started({ 'failing.mjs': failing });
    const { position } = await customer('Good');
    expect(await app.get(`/reports/failing?after=${position}`)).toMatchObject({
      status: 500,
      body: { code: 'extension-failed', detail: 'The report failing of the extension failing.mjs failed: oh.' },
    });
    expect(rows(await app.get('/reports/counted-count'))).toEqual([{ customers: 1 }]);
  });

  it('lets what was built stay, until it loads again', async () => {
    await started({ 'counting.mjs': counting('counted') });
    const { position } = await customer('Good');
    await app.get(`/reports/counted-count?after=${position}`);
    const generation = async () =>
      (await app.http.get(ReadModels).generations())
        .filter(({ name }) => name === 'counted')
        .map(({ id, state }) => [id, state]);
    const before = await generation();
    expect(before).toEqual([[expect.any(Number), 'active']]);
    const { folder } = app;
    await app.stop({ keep: true });
    await started({ 'counting.mjs': 'export default (' }, folder);
    const after = await customer('Better');
    await app.get(`/customers?after=${after.position}`);
    expect(await ready()).toMatchObject({ status: 'degraded', details: { extensions: { status: 'degraded' } } });
    expect(await app.get('/reports/counted-count')).toMatchObject({ status: 404 });
    expect(await generation()).toEqual(before);
    await app.stop({ keep: true });
    await started({ 'counting.mjs': counting('counted') }, folder);
    expect(rows(await app.get(`/reports/counted-count?after=${after.position}`))).toEqual([{ customers: 2 }]);
    expect(await generation()).toEqual(before);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';

interface Page {
  readonly position: number;
  readonly rows: readonly { readonly customerName: string }[];
  readonly next?: string;
}

let app: TestApp;
let after: number;

async function buys(customer: string, amount: number): Promise<void> {
  ({ position: after } = await app.done(`/customers/${customer}/purchases`, { amount: { amount, currency: 'EUR' } }));
}

const page = async (query: string) => (await app.get(`/reports/rfm?basis=customer&${query}`)).body as unknown as Page;
const namesOf = ({ rows }: Page) => rows.map(({ customerName }) => customerName);

beforeAll(async () => {
  app = await TestApp.start();
  for (const [index, name] of ['North Mill', 'South Mill', 'East Mill'].entries()) {
    const { id } = await app.done('/customers', { kind: 'org', name, tier: 'ordinary' });
    await buys(id, 1_000 * (index + 1));
  }
});
afterAll(() => app.stop());

describe('pages of a report', () => {
  it('are together what the report is as a whole, names included', async () => {
    const whole = await page(`after=${after}`);
    expect(whole.rows).toHaveLength(3);
    expect(whole.next).toBeUndefined();
    const first = await page(`after=${after}&limit=2`);
    const second = await page(`limit=2&cursor=${first.next!}`);
    expect([...first.rows, ...second.rows]).toEqual(whole.rows);
    expect(namesOf(second)).toHaveLength(1);
    expect(second.next).toBeUndefined();
    expect(await page(`after=${after}&limit=2`)).toEqual(first);
    expect((await page(`limit=3`)).next).toBeUndefined();
  });

  it('are parts of the same rows, although more happens between them', async () => {
    const whole = await page(`after=${after}`);
    const first = await page('limit=1');
    const { id } = await app.done('/customers', { kind: 'org', name: 'West Mill' });
    await buys(id, 9_000_000);
    // The first page of another reader shows it.
    expect(namesOf(await page(`after=${after}&limit=1`))).toEqual(['West Mill']);
    const second = await page(`limit=2&cursor=${first.next!}`);
    expect(second.position).toBe(first.position);
    expect([...first.rows, ...second.rows]).toEqual(whole.rows);
  });

  it('are refused where the rows are not kept and are others by now', async () => {
    const { next } = await page(`after=${after}&limit=1`);
    const { folder } = app;
    await app.stop({ keep: true });
    app = await TestApp.start({ folder });
    // Nothing has happened: the same rows can be made again.
    expect((await page(`limit=1&cursor=${next!}`)).rows).toHaveLength(1);
    const { id } = await app.done('/customers', { kind: 'org', name: 'Far Mill' });
    await buys(id, 5);
    const late = await app.get(`/reports/rfm?basis=customer&limit=1&cursor=${next!}&after=${after}`);
    expect(late).toMatchObject({ status: 400, body: { code: 'cursor-outdated' } });
  });

  it('are refused for a cursor of another question, or of none', async () => {
    const { next } = await page(`after=${after}&limit=1`);
    const [asked, position] = Buffer.from(next!, 'base64url').toString().split(' ');
    const backwards = Buffer.from(`${asked} ${position} -1`).toString('base64url');
    for (const query of [
      `rfm?basis=class&cursor=${next!}`,
      `retention?cursor=${next!}`,
      'rfm?basis=customer&cursor=x',
      `rfm?basis=customer&cursor=${backwards}`,
    ]) {
      expect(await app.get(`/reports/${query}`)).toMatchObject({ status: 400, body: { code: 'cursor-invalid' } });
    }
    expect(await app.get('/reports/rfm?limit=0')).toMatchObject({ status: 400 });
  });

  it('come as CSV too, with the next cursor in a header', async () => {
    const { headers, body } = await app.get(`/reports/rfm?basis=customer&limit=1&format=csv&after=${after}`);
    expect(String(body['text']).trim().split('\n')).toHaveLength(2);
    const more = await page(`limit=500&cursor=${String(headers['x-report-next'])}`);
    expect(more.rows).toHaveLength(4);
  });
});

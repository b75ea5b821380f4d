import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';

let app: TestApp;
let customer: string;

beforeAll(async () => {
  app = await TestApp.start();
  customer = (await app.done('/customers', { kind: 'org', name: 'North Mill' })).id;
});
afterAll(() => app.stop());

const problem = (status: number, code: string) => ({
  status,
  headers: expect.objectContaining({ 'content-type': expect.stringContaining('application/problem+json') }) as never,
  body: expect.objectContaining({ status, code, type: `urn:annals:problem:${code}` }) as never,
});
const position = async () =>
  ((await app.get('/health/ready')).body as { details?: { log?: { position?: number } } }).details?.log?.position;

describe('what cannot be understood is refused with a code and leaves nothing behind', () => {
  const registration = { kind: 'org', name: 'East Mill' };
  const bodies: [string, unknown, number, string][] = [
    ['no JSON', '{"kind":', 400, 'body-not-json'],
    ['nothing', '', 400, 'validation-failed'],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 400, 'body-not-utf8'],
    ['an unknown field', { ...registration, colour: 'red' }, 400, 'validation-failed'],
    ['ten megabytes', { ...registration, name: 'x'.repeat(10_000_000) }, 413, 'body-too-large'],
  ];

  it.each(bodies)('a body with %s', async (_, body, status, code) => {
    const before = await position();
    expect(await app.post('/customers', body)).toMatchObject(problem(status, code));
    expect(await position()).toBe(before);
  });

  it('names all fields that are wrong at once', async () => {
    const { body } = await app.post('/customers', { kind: 'dog', name: '', colour: 'red', domain: 'No Domain' });
    const fields = (body as unknown as { errors: { field: string }[] }).errors.map(({ field }) => field);
    expect(fields.sort()).toEqual(['colour', 'domain', 'kind', 'name']);
  });

  it('a body in another media type', async () => {
    expect(await app.post('/customers', 'kind=org', { 'content-type': 'text/csv' })).toMatchObject(
      problem(415, 'media-type-unsupported'),
    );
  });

  it('unknown routes and methods', async () => {
    expect(await app.get('/custommers')).toMatchObject(problem(404, 'route-unknown'));
    expect(await app.request('DELETE', `/customers/${customer}`)).toMatchObject(problem(405, 'method-not-allowed'));
  });

  it('ids of nothing and of another kind', async () => {
    expect(await app.get('/customers/01970000-0000-7000-8000-00000000dead')).toMatchObject(
      problem(404, 'customer-unknown'),
    );
    expect(await app.post(`/opportunities/${customer}/win`, { amount: { amount: 1, currency: 'EUR' } })).toMatchObject({
      status: expect.any(Number) as never,
    });
  });

  it('places in the log and in a list that are none', async () => {
    expect(await app.get(`/customers/${customer}?after=999999`)).toMatchObject(problem(400, 'log-position-unknown'));
    expect(await app.get('/customers?cursor=nonsense')).toMatchObject(problem(400, 'cursor-invalid'));
  });

  it('headers that are none', async () => {
    const body = { tag: 'vip' };
    expect(await app.post(`/customers/${customer}/tags`, body, { 'if-match': 'yesterday' })).toMatchObject(
      problem(400, 'header-invalid'),
    );
    expect(await app.post(`/customers/${customer}/tags`, body, { 'idempotency-key': 'with blanks' })).toMatchObject(
      problem(400, 'header-invalid'),
    );
    expect(await app.post(`/customers/${customer}/tags`, body, { 'x-principal': '<script>' })).toMatchObject(
      problem(400, 'principal-invalid'),
    );
  });
});

describe('who was first', () => {
  it('a stale revision is refused with the current one', async () => {
    const { revision } = await app.done(`/customers/${customer}/tags`, { tag: 'first' });
    const stale = await app.post(`/customers/${customer}/tags`, { tag: 'second' }, { 'if-match': `"${revision - 1}"` });
    expect(stale).toMatchObject(problem(412, 'revision-stale'));
    expect(stale.body).toMatchObject({ revision });
    const fresh = await app.post(`/customers/${customer}/tags`, { tag: 'second' }, { 'if-match': `"${revision}"` });
    expect(fresh).toMatchObject({ status: 200, headers: { etag: `"${revision + 1}"` } });
  });

  it('a repeated key is answered as the first time, and refused for something else', async () => {
    const key = { 'idempotency-key': 'register-once' };
    const first = await app.post('/customers', { kind: 'org', name: 'Once Only' }, key);
    const again = await app.post('/customers', { kind: 'org', name: 'Once Only' }, key);
    expect(first.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(await app.post('/customers', { kind: 'org', name: 'Something Else' }, key)).toMatchObject(
      problem(422, 'idempotency-key-reused'),
    );
  });
});

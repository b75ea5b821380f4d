import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

const registration = JSON.stringify({ kind: 'org', name: 'Café Größe' });
const sent = async (body: string | Buffer, headers: Record<string, string>) => {
  const { status, body: answer } = await app.post('/customers', body, headers);
  return { status, code: (answer as { code?: string }).code };
};
const customers = async () => ((await app.get('/customers')).body as unknown as { items: unknown[] }).items.length;

describe('only JSON is read:', () => {
  it.each([
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/problem+json',
    'application/jsonx',
    'application/json-seq',
    '*/*',
    'json',
  ])('a body of %s is refused', async (type) => {
    const refused = { status: 415, code: 'media-type-unsupported' };
    expect(await sent('kind=org&name=x', { 'content-type': type })).toEqual(refused);
    expect(await sent(registration, { 'content-type': type })).toEqual(refused);
    expect(await customers()).toBe(0);
  });

  it('is told what it has to be', async () => {
    const answer = await app.http.inject({
      method: 'POST',
      url: '/customers',
      headers: { 'content-type': 'text/plain' },
      payload: 'x',
    });
    expect(answer.json()).toMatchObject({ detail: expect.stringContaining('application/json') });
  });

  it('a body without a type is refused', async () => {
    const { statusCode } = await app.http.inject({ method: 'POST', url: '/customers', payload: registration });
    expect(statusCode).toBe(415);
  });

  it.each(['gzip', 'br', 'deflate, gzip', 'anything'])('a body encoded as %s is refused', async (encoding) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    const refused = { status: 415, code: 'content-encoding-unsupported' };
    expect(await sent(gzipSync(registration), headers)).toEqual(refused);
    expect(await sent(registration, headers)).toEqual(refused);
  });
});

describe('a body is UTF-8:', () => {
  let written = 0;
  const bytes = (encoding: BufferEncoding) =>
    Buffer.from(JSON.stringify({ kind: 'org', name: `Café Größe ${(written += 1)}` }), encoding);
  const write = (type: string, encoding: BufferEncoding = 'utf8') => sent(bytes(encoding), { 'content-type': type });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'Application/JSON',
  ])('%s is read', async (type) => expect(await write(type)).toMatchObject({ status: 201 }));

  it.each(['iso-8859-1', 'utf-16', 'windows-1252', 'utf-7'])('one that says %s is refused', async (charset) => {
    const refused = { status: 415, code: 'charset-unsupported' };
    expect(await write(`application/json; charset=${charset}`)).toEqual(refused);
  });

  it('bytes of another character set are refused, not replaced', async () => {
    expect(await write('application/json', 'latin1')).toEqual({ status: 400, code: 'body-not-utf8' });
  });

  it('a mark of byte order before it is passed over', async () => {
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes('utf8')]);
    expect(await sent(marked, { 'content-type': 'application/json' })).toMatchObject({ status: 201 });
  });

  it('so is a query', async () => {
    expect(await app.get('/customers?text=%ff')).toMatchObject({ status: 400, body: { code: 'url-invalid' } });
    expect(await app.get('/customers/%ff')).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
    expect(await app.get('/customers?text=caf%C3%A9')).toMatchObject({ status: 200 });
  });
});

describe('a command without a body', () => {
  const json = { 'content-type': 'application/json' };

  it('is the same with the type of one', async () => {
    const { id } = await app.done('/pipelines', { name: 'Sales' });
    const [bare, typed] = await Promise.all([
      app.http.inject({ method: 'POST', url: `/pipelines/${id}/retire` }),
      app.http.inject({
        method: 'POST',
        url: `/pipelines/${(await app.done('/pipelines', { name: 'Renewals' })).id}/retire`,
        headers: json,
      }),
    ]);
    expect([bare.statusCode, typed.statusCode]).toEqual([200, 200]);
  });

  it('is told which fields it needs', async () => {
    const errors = [{ field: 'name' }, { field: 'kind' }];
    expect(await app.post('/customers', '')).toMatchObject({
      status: 400,
      body: { code: 'validation-failed', errors },
    });
  });

  it.each(['null', '7', '"text"', '[]', 'true'])('is not one whose body is %s', async (body) => {
    const { id } = await app.done('/pipelines', { name: `Body ${body}` });
    const errors = [{ field: 'body', messages: ['the body must be an object'] }];
    expect(await app.post(`/pipelines/${id}/retire`, body)).toMatchObject({ status: 400, body: { errors } });
  });
});

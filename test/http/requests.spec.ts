import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listen } from '../../apps/program/http.js';
import { TestApp } from '../support/app.js';
import { answerTo } from '../support/raw-http.js';

let app: TestApp;
let url: string;
let customer: string;

beforeAll(async () => {
  app = await TestApp.start({ PORT: 0 });
  url = await listen(app.http);
  customer = (await app.done('/customers', { kind: 'org', name: 'North Mill' })).id;
});
afterAll(() => app.stop());

describe('methods', () => {
  const sent = async (method: string, path: string) => {
    const { status, headers, body } = await app.request(method as 'GET', path);
    return { status, allow: headers['allow'], body };
  };

  it.each([
    ['DELETE', '/customers', 'GET, HEAD, OPTIONS, POST'],
    ['PUT', '/customers/ID', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/customers/ID/tags', 'OPTIONS, POST'],
    ['GET', '/customers/ID/tags', 'OPTIONS, POST'],
    ['HEAD', '/customers/ID/tags', 'OPTIONS, POST'],
    ['POST', '/customers/ID?asOf=2026-01-01', 'GET, HEAD, OPTIONS'],
    ['PROPFIND', '/health/live', 'GET, HEAD, OPTIONS'],
    ['TRACE', '/openapi.json', 'GET, HEAD, OPTIONS'],
    ['QUERY', '/customers', 'GET, HEAD, OPTIONS, POST'],
  ])('%s of %s is refused with those there are', async (method, path, allow) => {
    const answer = await sent(method, path.replace('ID', customer));
    expect(answer).toMatchObject({ status: 405, allow });
    if (method !== 'HEAD') expect(answer.body).toMatchObject({ code: 'method-not-allowed', allow: allow.split(', ') });
  });

  it('are refused before the form of a body is looked at', async () => {
    const asText = await app.request('PUT', `/customers/${customer}`, 'text', { 'content-type': 'text/plain' });
    const halfJson = await app.request('PUT', `/customers/${customer}`, '{"kind":');
    for (const answer of [asText, halfJson])
      expect(answer).toMatchObject({ status: 405, body: { code: 'method-not-allowed' } });
  });

  it('that are none of HTTP are refused in the same way', async () => {
    const { status, headers, body } = await answerTo(url, 'FROB /customers HTTP/1.1\r\nhost: localhost\r\n\r\n');
    expect({ status, allow: headers['allow'] }).toEqual({ status: 405, allow: 'GET, HEAD, OPTIONS, POST' });
    expect(JSON.parse(body)).toMatchObject({ code: 'method-not-allowed' });
  });

  // Node closes the connection without a word unless the server listens for it.
  it('CONNECT is refused in the same way', async () => {
    const asked = 'CONNECT example.org:443 HTTP/1.1\r\nhost: example.org:443\r\n\r\n';
    const { status, headers, body } = await answerTo(url, asked);
    expect({ status, allow: headers['allow'] }).toEqual({ status: 405, allow: 'GET, HEAD, OPTIONS, POST' });
    expect(JSON.parse(body)).toMatchObject({ code: 'method-not-allowed' });
  });

  it('OPTIONS says which there are', async () => {
    expect(await sent('OPTIONS', '/customers')).toMatchObject({
      status: 204,
      allow: 'GET, HEAD, OPTIONS, POST',
      body: { text: '' },
    });
    const whole = `OPTIONS * HTTP/1.1\r\nhost: ${new URL(url).host}\r\nconnection: close\r\n\r\n`;
    expect(await answerTo(url, whole)).toMatchObject({ status: 204, headers: { allow: 'GET, HEAD, OPTIONS, POST' } });
    expect(await sent('OPTIONS', '/custommers')).toMatchObject({ status: 404 });
  });

  it('HEAD is GET without what it answers', async () => {
    const [head, get] = [await sent('HEAD', `/customers/${customer}`), await sent('GET', `/customers/${customer}`)];
    expect([head.status, get.status]).toEqual([200, 200]);
    expect(await sent('HEAD', '/custommers')).toMatchObject({ status: 404 });
  });
});

describe('what the parser of HTTP refuses is a problem document:', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400, 'http-invalid'],
    ['a method of nowhere', 'FROB /nothing HTTP/1.1\r\n\r\n', 400, 'http-invalid'],
    ['a header without a name', 'GET / HTTP/1.1\r\nhost: x\r\n: y\r\n\r\n', 400, 'http-invalid'],
    [
      'two lengths',
      'POST /customers HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
      'http-invalid',
    ],
    ['headers without end', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
  ])('%s', async (_, bytes, status, code) => {
    const answer = await answerTo(url, bytes);
    expect(answer).toMatchObject({ status, headers: { 'content-type': 'application/problem+json; charset=utf-8' } });
    expect(JSON.parse(answer.body)).toMatchObject({ status, code, type: `urn:annals:problem:${code}` });
  });

  it('so is the refusal of an expectation', async () => {
    const head = `POST /customers HTTP/1.1\r\nhost: ${new URL(url).host}\r\nexpect: 200-ok\r\ncontent-length: 2\r\n\r\n`;
    const answer = await answerTo(url, head);
    expect(answer).toMatchObject({
      status: 417,
      headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    });
    expect(answer.body).toContain('"code":"expectation-unknown"');
  });

  it('so is what the router refuses', async () => {
    expect(await app.get(`/customers/${'x'.repeat(201)}`)).toMatchObject({
      status: 414,
      body: { code: 'url-too-long' },
    });
    expect(await app.get('/customers/%zz')).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
  });
});

describe('an id in upper case is the same id', () => {
  const upper = () => customer.toUpperCase();

  it('in a path', async () => {
    expect(await app.get(`/customers/${upper()}`)).toMatchObject({ status: 200, body: { customerId: customer } });
    expect(await app.get(`/customers/${upper()}/history`)).toMatchObject({ status: 200 });
    expect(await app.done(`/customers/${upper()}/tags`, { tag: 'upper' })).toMatchObject({ id: customer });
  });

  it('in a body, a list of a body, and a query', async () => {
    const task = {
      kind: 'follow_up',
      title: 'Call back',
      dueAt: '2099-01-01T00:00:00Z',
      subject: { customerId: upper() },
    };
    const { id, position } = await app.done('/tasks', task);
    expect(await app.get(`/tasks/${id}?after=${position}`)).toMatchObject({
      body: { customerId: customer },
    });
    expect(await app.get(`/tasks?customer=${upper()}`)).toMatchObject({ body: { items: [{ taskId: id }] } });
    const again = { kind: 'org', name: 'North Mill', acceptDuplicates: [upper()] };
    expect(await app.post('/customers', again)).toMatchObject({ status: 201 });
    const twice = { ...again, acceptDuplicates: [upper(), customer] };
    expect(await app.post('/customers', twice)).toMatchObject({ status: 400 });
  });

  it('in the filter of a report', async () => {
    const report = (owner: string) => app.get(`/reports/portfolio?owner=${owner}`);
    expect((await report(upper())).body).toEqual((await report(customer)).body);
  });
});

describe('If-Match', () => {
  const tagged = async (match: string, tag: string, id = customer) => {
    const { status, body } = await app.post(`/customers/${id}/tags`, { tag }, { 'if-match': match });
    return status === 200 ? { status } : { status, code: (body as { code?: string }).code };
  };
  const revision = async () => (await app.done(`/customers/${customer}/tags`, { tag: `r${Math.random()}` })).revision;

  it('* is met by whatever there is', async () => {
    expect(await tagged('*', 'a')).toEqual({ status: 200 });
    const nowhere = '01970000-0000-7000-8000-00000000dead';
    expect(await tagged('*', 'a', nowhere)).toEqual({ status: 412, code: 'revision-stale' });
  });

  it('is met by one of several', async () => {
    const now = await revision();
    expect(await tagged(`"${now - 1}", "${now}"`, 'b')).toEqual({ status: 200 });
    expect(await tagged(`"${now - 1}" ,"${now}"`, 'c')).toEqual({ status: 412, code: 'revision-stale' });
  });

  it('is met by no weak tag and none of another server', async () => {
    const now = await revision();
    expect(await tagged(`W/"${now}"`, 'd')).toEqual({ status: 412, code: 'revision-stale' });
    expect(await tagged('"abc"', 'e')).toEqual({ status: 412, code: 'revision-stale' });
  });

  it.each(['yesterday', '3', '"3', '"3" "4"', '*, "3"', ''])('is no list of tags as %s', async (match) => {
    expect(await tagged(match, 'f')).toEqual({ status: 400, code: 'header-invalid' });
  });
});

import { request } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listen } from '../../apps/program/http.js';
import { TestApp } from '../support/app.js';
import { answerTo } from '../support/raw-http.js';

let app: TestApp;
let url: string;
let port: string;

beforeAll(async () => {
  app = await TestApp.start({ PORT: 0 });
  url = await listen(app.http);
  port = new URL(url).port;
});
afterAll(() => app.stop());

interface Answered {
  readonly status: number;
  readonly code?: string;
}

/** With headers that `fetch` does not let callers choose. */
const asked = (path: string, headers: OutgoingHttpHeaders, body?: string): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { method: body === undefined ? 'GET' : 'POST', headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        const { code } = JSON.parse(Buffer.concat(parts).toString()) as { code?: string };
        resolve({ status: answer.statusCode!, ...(code !== undefined && { code }) });
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });

let registered = 0;
/** A customer of a name of its own. */
const registration = () => JSON.stringify({ kind: 'org', name: `Mill ${(registered += 1)}` });
const json = { 'content-type': 'application/json' };

describe('while callers are not authenticated', () => {
  it.each([
    ['127.0.0.1', () => `127.0.0.1:${port}`],
    ['localhost', () => `localhost:${port}`],
    ['LOCALHOST', () => `LOCALHOST:${port}`],
    ['the IPv6 loopback', () => `[::1]:${port}`],
  ])('%s is answered, read or written, also to a page of its own', async (_, own) => {
    const host = own();
    expect(await asked('/customers', { host })).toEqual({ status: 200 });
    expect(await asked('/customers', { host, ...json, origin: `http://${host}` }, registration())).toEqual({
      status: 201,
    });
  });

  it.each([
    ['a name that leads here', () => `rebound.example:${port}`],
    ['one that begins like its own', () => `localhost.example:${port}`],
    ['another address', () => `192.0.2.7:${port}`],
    ['another port', () => 'localhost:1'],
    ['no port, which is 80', () => 'localhost'],
    ['something before a name', () => `user@localhost:${port}`],
  ])('a request to %s is refused, read or written', async (_, foreign) => {
    const refused = { status: 421, code: 'host-foreign' };
    expect(await asked('/customers', { host: foreign() })).toEqual(refused);
    expect(await asked('/customers', { host: foreign(), ...json }, registration())).toEqual(refused);
    expect(await asked('/docs/', { host: foreign() })).toEqual(refused);
    expect(await asked('/nothing', { host: foreign() })).toEqual(refused);
  });

  it.each([
    ['another site', () => 'https://site.example'],
    ['nowhere', () => 'null'],
    ['another port of this machine', () => 'http://localhost:5173'],
    ['this machine over TLS', () => `https://localhost:${port}`],
  ])('a page from %s is refused, reading or writing', async (_, origin) => {
    const refused = { status: 403, code: 'origin-foreign' };
    const headers = { host: `localhost:${port}`, origin: origin() };
    expect(await asked('/customers', headers)).toEqual(refused);
    expect(await asked('/customers', { ...headers, ...json }, registration())).toEqual(refused);
  });

  it('a request without a host is refused', async () => {
    for (const version of ['1.0', '1.1']) {
      const { body } = await answerTo(url, `GET /customers HTTP/${version}\r\nconnection: close\r\n\r\n`);
      expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'header-invalid' });
    }
    const { body } = await answerTo(url, 'GET /customers HTTP/1.1\r\nhost:\r\nconnection: close\r\n\r\n');
    expect(JSON.parse(body)).toMatchObject({ status: 421, code: 'host-foreign' });
  });

  it('a request with two hosts is refused, though the first is its own', async () => {
    const hosts = `host: localhost:${port}\r\nhost: rebound.example\r\n`;
    const { body } = await answerTo(url, `GET /customers HTTP/1.1\r\n${hosts}connection: close\r\n\r\n`);
    expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'header-invalid' });
  });

  it('the address in the request line counts for nothing', async () => {
    const line = `GET http://rebound.example:${port}/customers HTTP/1.1`;
    const { status } = await answerTo(url, `${line}\r\nhost: rebound.example\r\nconnection: close\r\n\r\n`);
    expect(status).toBe(421);
  });
});

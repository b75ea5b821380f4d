import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { listen } from '../../apps/program/http.js';
import { Subscriptions } from '../../apps/program/subscriptions.js';
import { BackgroundProjector } from '../../libs/read-models/building/projector-thread.js';
import { TestApp } from '../support/app.js';
import { opened, readToEnd } from '../support/raw-http.js';

const HEAD = 'POST /customers HTTP/1.1\r\nhost: localhost:PORT\r\ncontent-type: application/json\r\n';
const body = JSON.stringify({ kind: 'org', name: 'North Mill' });

let app: TestApp;
let url: string;
const head = () => HEAD.replace('PORT', new URL(url).port);

beforeEach(async () => {
  app = await TestApp.start({ PORT: 0, STOP_SECONDS: 1 });
  url = await listen(app.http);
});
afterEach(() => app.stop());

// Each of these kept the server from ever stopping.
it.each([
  ['nothing', () => ''],
  ['half a head', () => 'GET /customers HTTP/1.1\r\nhost: loc'],
  ['half a body', () => `${head()}content-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`],
  ['half of a body in pieces', () => `${head()}transfer-encoding: chunked\r\n\r\n5\r\n{"kin\r\n`],
])('the server stops while a connection has sent %s', async (_, sent) => {
  const socket = await opened(url);
  const ended = readToEnd(socket);
  socket.write(sent());
  // Another connection is answered, so what was sent before has arrived.
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  await app.http.close();
  await ended;
});

it('what is under way when the server stops is answered', async () => {
  const socket = await opened(url);
  const ended = readToEnd(socket);
  socket.write(`${head()}content-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  const stopped = app.http.close();
  socket.write(body.slice(10));
  await stopped;
  expect(await ended).toMatch(/^HTTP\/1\.1 201 /);
});

it('what comes later on a connection that is being answered is refused', async () => {
  const socket = await opened(url);
  const ended = readToEnd(socket);
  socket.write(`${head()}content-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  const stopped = app.http.close();
  socket.write(`${body.slice(10)}GET /customers HTTP/1.1\r\nhost: localhost:${new URL(url).port}\r\n\r\n`);
  await stopped;
  const text = await ended;
  expect(text).toMatch(/^HTTP\/1\.1 201 /);
  expect(text).toMatch(/HTTP\/1\.1 503 [^]*"code":"server-stopping"/);
});

// The seconds for subscribers and those for requests under way were spent one after the other.
it('connections are stopped while subscriptions and projecting are', async () => {
  const server = app.http.getHttpServer();
  const listening: Record<string, boolean> = {};
  for (const part of [Subscriptions, BackgroundProjector]) {
    const running = app.http.get<{ stop(): Promise<void> }>(part);
    const stop = running.stop.bind(running);
    jest.spyOn(running, 'stop').mockImplementation(() => {
      listening[part.name] = server.listening;
      return stop();
    });
  }
  await app.http.close();
  expect(listening).toEqual({ Subscriptions: false, BackgroundProjector: false });
});

it('a request is answered that is under way while subscriptions are stopped', async () => {
  const socket = await opened(url);
  const ended = readToEnd(socket);
  socket.write(`${head()}content-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  const subscriptions = app.http.get(Subscriptions);
  jest.spyOn(subscriptions, 'stop').mockImplementation(async () => {
    socket.write(body.slice(10));
    await ended;
  });
  await app.http.close();
  expect(await ended).toMatch(/^HTTP\/1\.1 201 /);
});

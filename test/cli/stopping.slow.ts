import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { folder } from '../support/folder.js';
import { opened, readToEnd } from '../support/raw-http.js';
import { Program } from './program.js';

it('a server stops although connections have sent nothing, or half of something', async () => {
  const server = Program.start('start', '--port', '0', '--json', '--data', join(folder(), 'stopped'));
  const [document] = await server.said(/\{[^]*\}\n/);
  const { url, subscriptions } = JSON.parse(document) as { url: string; subscriptions: string };
  const host = `host: ${new URL(url).host}`;
  const head = `POST /customers HTTP/1.1\r\n${host}\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{`;
  const halves: [string, string][] = [
    [url, ''],
    [url, 'GET /cust'],
    [url, head],
    [subscriptions, ''],
    [subscriptions, 'PRI * HTTP/2.0\r\n'],
  ];
  const ended = halves.map(async ([to, sent]) => {
    const socket = await opened(to);
    socket.write(sent);
    return readToEnd(socket);
  });
  expect((await fetch(`${url}/health/live`)).ok).toBe(true);
  expect((await server.interrupt()).code).toBe(130);
  await Promise.all(ended);
});

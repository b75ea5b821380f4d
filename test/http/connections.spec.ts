import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Connections } from '../../libs/http/connections.js';
import { opened, readToEnd } from '../support/raw-http.js';

let http: FastifyInstance;
let url: string;
/** Requests that are under way, by their number, with what answers them. */
const underWay = new Map<number, () => void>();

/** Until so many requests have begun, and a turn more for those that should not. */
async function begun(count: number): Promise<readonly number[]> {
  while (underWay.size < count) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  return [...underWay.keys()];
}

const get = (from: number, count: number, more = '') =>
  Array.from({ length: count }, (_, index) => `GET /${from + index} HTTP/1.1\r\nhost: localhost\r\n${more}\r\n`).join(
    '',
  );

beforeEach(async () => {
  underWay.clear();
  http = fastify();
  new Connections(http, 1_000);
  http.get<{ Params: { number: string } }>('/:number', ({ params }) => {
    const number = Number(params.number);
    return new Promise((resolve) => underWay.set(number, () => resolve(`answer ${number}.`)));
  });
  url = await http.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => http.close());

// Hundreds that were sent at once were all begun before another connection was looked at.
describe('requests that one connection sends at once', () => {
  it('are under way one after the other', async () => {
    const socket = await opened(url);
    const ended = readToEnd(socket);
    socket.write(get(1, 2) + get(3, 1, 'connection: close\r\n'));
    expect(await begun(1)).toEqual([1]);
    underWay.get(1)!();
    expect(await begun(2)).toEqual([1, 2]);
    underWay.get(2)!();
    expect(await begun(3)).toEqual([1, 2, 3]);
    underWay.get(3)!();
    expect((await ended).match(/answer \d\./g)).toEqual(['answer 1.', 'answer 2.', 'answer 3.']);
  });

  it('do not hold up those of another connection', async () => {
    const [first, second] = [await opened(url), await opened(url)];
    first.write(get(1, 200));
    await begun(1);
    second.write(get(1_001, 1));
    expect(await begun(2)).toEqual([1, 1_001]);
    first.destroy();
    second.destroy();
  });

  it('are not begun any more when the connection is gone', async () => {
    let accepted: Socket | undefined;
    http.server.once('connection', (socket: Socket) => (accepted = socket));
    const socket = await opened(url);
    socket.write(get(1, 2));
    await begun(1);
    const closed = new Promise((resolve) => accepted!.once('close', resolve));
    socket.destroy();
    await closed;
    underWay.get(1)!();
    expect(await begun(1)).toEqual([1]);
  });

  it('are refused where too many wait', async () => {
    const socket = await opened(url);
    const ended = readToEnd(socket);
    socket.write(get(1, 300));
    for (let number = 1; number <= 257; number += 1) {
      expect(await begun(number)).toHaveLength(number);
      underWay.get(number)!();
    }
    const text = await ended;
    expect(text.match(/answer \d+\./g)).toHaveLength(257);
    expect(text).toMatch(/answer 257\.HTTP\/1\.1 503 /);
  });

  it('that wait when the server stops are answered', async () => {
    const socket = await opened(url);
    const ended = readToEnd(socket);
    socket.write(get(1, 2));
    await begun(1);
    const stopped = http.close();
    underWay.get(1)!();
    await begun(2);
    underWay.get(2)!();
    await stopped;
    expect((await ended).match(/answer \d\./g)).toEqual(['answer 1.', 'answer 2.']);
  });
});

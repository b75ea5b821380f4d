import { EventEmitter } from 'node:events';
import { expect, it } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import type { ServerReadableStream } from '@grpc/grpc-js';
import { OpenCalls } from '../../libs/subscriptions/open-calls.js';

const callOf = () => new EventEmitter() as unknown as ServerReadableStream<unknown, string>;

it('an append that is still being written when the time to stop is over is told that the server is unavailable', async () => {
  const calls = new OpenCalls(() => undefined);
  const told: unknown[] = [];
  let stopped = false;
  const answered = calls.answerOnce<unknown, string>(
    callOf(),
    (error) => told.push(error?.code),
    (signal) => {
      signal.addEventListener('abort', () => (stopped = true));
      return new Promise(() => undefined);
    },
  );
  calls.stop();
  expect(stopped).toBe(true);
  expect(told).toEqual([]);
  calls.giveUp();
  await answered;
  expect(told).toEqual([status.UNAVAILABLE]);
});

it('an append that is written after the stop is answered as any other', async () => {
  const calls = new OpenCalls(() => undefined);
  const told: unknown[] = [];
  const { promise, resolve } = Promise.withResolvers<string>();
  const answered = calls.answerOnce<unknown, string>(
    callOf(),
    (_, answer) => told.push(answer),
    () => promise,
  );
  calls.stop();
  resolve('written');
  await answered;
  calls.giveUp();
  expect(told).toEqual(['written']);
});

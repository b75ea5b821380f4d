import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import { afterAll } from '@jest/globals';
import { BSON } from 'mongodb';

/** Kinds of messages: the first question of a driver, its answer, and everything since. */
const [OP_REPLY, OP_QUERY, OP_MSG] = [1, 2_004, 2_013];
const HEADER = 16;

const ends: (() => void)[] = [];

/**
 * A server that answers every question with what a MongoDB of some age says of itself, and knows nothing else.
 * @param maxWireVersion what it speaks: 6 is MongoDB 3.6
 */
export async function oldMongo(maxWireVersion: number): Promise<string> {
  const answer = BSON.serialize({
    ok: 1,
    ismaster: true,
    isWritablePrimary: true,
    minWireVersion: 0,
    maxWireVersion,
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    logicalSessionTimeoutMinutes: 30,
  });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let bytes = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length >= HEADER && bytes.length >= bytes.readInt32LE(0)) {
        socket.write(reply(bytes, answer));
        bytes = bytes.subarray(bytes.readInt32LE(0));
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function reply(question: Buffer, answer: Uint8Array): Buffer {
  const isFirst = question.readInt32LE(12) === OP_QUERY;
  // Flags, and one section; or flags, cursor, where it begins and how many documents follow.
  const before = Buffer.alloc(isFirst ? 20 : 5);
  if (isFirst) before.writeInt32LE(1, 16);
  const header = Buffer.alloc(HEADER);
  header.writeInt32LE(HEADER + before.length + answer.length, 0);
  header.writeInt32LE(question.readInt32LE(4), 8);
  header.writeInt32LE(isFirst ? OP_REPLY! : OP_MSG!, 12);
  return Buffer.concat([header, before, answer]);
}

afterAll(() => {
  for (const end of ends.splice(0)) end();
});

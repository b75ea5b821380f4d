import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { expect, it } from '@jest/globals';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { BatchAppendCall } from '../../libs/subscriptions/batch-append-call.js';
import type { ForeignStreams } from '../../libs/subscriptions/foreign-streams.js';
import { newId } from '../../libs/ids.js';

/** A call of which the test is the other end: it hears an answer when it asks for one. */
class Call extends Duplex {
  readonly heard: string[] = [];
  #hear: (() => void)[] = [];

  constructor(private readonly deaf = false) {
    super({ objectMode: true, writableHighWaterMark: 2 });
  }

  override _read(): void {
    // What is said is pushed.
  }

  override _write(answer: streams.BatchAppendResp, _: string, done: () => void): void {
    const id = answer.getCorrelationId()!.getString();
    this.heard.push(
      `${id} ${answer.hasSuccess() ? 'written' : answer.getError()!.getDetails()!.getTypeName().split('.').at(-1)}`,
    );
    this.emit('heard');
    if (this.deaf) this.#hear.push(done);
    else done();
  }

  hear(): void {
    for (const done of this.#hear.splice(0)) done();
  }

  append(id: string, deadline?: Date): void {
    const event = new streams.BatchAppendReq.ProposedMessage().setId(new shared.UUID().setString(newId()));
    event.getMetadataMap().set('type', 'Sent').set('content-type', 'application/json');
    const options = new streams.BatchAppendReq.Options()
      .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from('lead-1')))
      .setAny(new empty.Empty());
    if (deadline) options.setDeadline(timestamp.Timestamp.fromDate(deadline));
    const request = new streams.BatchAppendReq().setCorrelationId(new shared.UUID().setString(id)).setOptions(options);
    this.push(request.setProposedMessagesList([event]).setIsFinal(true));
  }
}

/** Time for everything that can happen. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

type Append = ForeignStreams['append'];

function appending(call: Call, append: Append): Promise<void> {
  const refused = (error: unknown) => {
    throw error;
  };
  return new BatchAppendCall(call as never, { append } as ForeignStreams, 1_000, refused).answered(
    new AbortController().signal,
  );
}

it('what is late is answered once, also when it is written after all', async () => {
  const call = new Call();
  const done = appending(call, async () => {
    if (call.heard.length === 0) await once(call, 'heard');
    return { revision: 0, position: 1 };
  });
  call.append('a', new Date(Date.now() + 5));
  await once(call, 'heard');
  call.append('b');
  await once(call, 'heard');
  call.push(null);
  await done;
  expect(call.heard).toEqual(['a Timeout', 'b written']);
});

it('who does not hear its answers is not heard until it does', async () => {
  const call = new Call(true);
  let appended = 0;
  const done = appending(call, async () => ({ revision: (appended += 1), position: appended }));
  for (let each = 0; each < 3; each += 1) call.append(`a${each}`);
  await turns();
  expect(call.isPaused()).toBe(true);
  const before = appended;
  call.append('b');
  await turns();
  expect(appended).toBe(before);
  while (call.heard.length < 4) {
    call.hear();
    await new Promise((resolve) => setImmediate(resolve));
  }
  call.hear();
  call.push(null);
  await done;
  expect(call.heard).toEqual(['a0 written', 'a1 written', 'a2 written', 'b written']);
});

import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import { newId } from '../libs/ids.js';

/** Speaks the protocol and does nothing else: appends are answered and forgotten, the log is one event, again and again. */
const count = Number(process.argv[2]);
const { StreamsService } = streamsService;
const metadata = {
  actor: { id: 'employee-1', name: 'Ada' },
  source: 'api',
  commandId: newId(),
  correlationId: newId(),
};
const data = { customerId: 'customer-1', channel: 'phone', summary: 'asked for the terms of a renewal', minutes: 12 };
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

function eventAt(position: number): streams.ReadResp {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
  const name = new shared.StreamIdentifier().setStreamName(Buffer.from('customer-1'));
  recorded.setId(new shared.UUID().setString(newId())).setStreamIdentifier(name);
  recorded
    .setStreamRevision(String(position - 1))
    .setCommitPosition(String(position))
    .setPreparePosition(String(position));
  recorded.setData(json(data));
  recorded.setCustomMetadata(json({ ...metadata, occurredAt: '2026-01-05T09:00:00.000Z', schemaVersion: 1 }));
  recorded.getMetadataMap().set('type', 'InteractionRecorded').set('content-type', 'application/json');
  recorded.getMetadataMap().set('created', String(BigInt(Date.now()) * 10_000n));
  return new streams.ReadResp().setEvent(new streams.ReadResp.ReadEvent().setEvent(recorded));
}

const log = Array.from({ length: count }, (_, index) => eventAt(index + 1));
const caughtUp = new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());

async function read(call: ServerWritableStream<streams.ReadReq, streams.ReadResp>): Promise<void> {
  const options = call.request.getOptions()!;
  const live = options.hasSubscription();
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  if (options.hasStream()) {
    const missing = new streams.ReadResp.StreamNotFound().setStreamIdentifier(
      options.getStream()!.getStreamIdentifier(),
    );
    call.write(new streams.ReadResp().setStreamNotFound(missing));
    return void call.end();
  }
  const asked = options.getAll()!.hasPosition() ? Number(options.getAll()!.getPosition()!.getCommitPosition()) : 0;
  const [from, to] = backwards ? [count - 1, count] : [live ? asked : Math.max(0, asked - 1), count];
  const most = live ? count : Number(options.getCount());
  let go: () => void = () => undefined;
  call.once('cancelled', () => go());
  for (let index = from; index < Math.min(to, from + most) && !call.cancelled; index += 1) {
    if (call.write(log[index]!)) continue;
    await new Promise<void>((resolve) => {
      go = resolve;
      call.once('drain', resolve);
    });
  }
  if (live) call.write(caughtUp);
  else call.end();
}

function batchAppend(call: ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>): void {
  call.on('data', (request: streams.BatchAppendReq) => {
    const position = new shared.AllStreamPosition().setCommitPosition(String(count)).setPreparePosition(String(count));
    const success = new streams.BatchAppendResp.Success().setCurrentRevision('0').setPosition(position);
    const answer = new streams.BatchAppendResp().setCorrelationId(request.getCorrelationId()).setSuccess(success);
    call.write(answer.setStreamIdentifier(request.getOptions()!.getStreamIdentifier()));
  });
  call.on('end', () => call.end());
}

const supported = new features.SupportedMethods()
  .setEventStoreServerVersion('23.10.0')
  .setMethodsList([
    new features.SupportedMethod().setServiceName('event_store.client.streams.streams').setMethodName('batchappend'),
  ]);
const server = new Server();
const unsupported = (_: unknown, done: (error: object) => void) => done({ code: 12, details: 'not here' });
server.addService(StreamsService, {
  read,
  batchAppend,
  append: unsupported,
  delete: unsupported,
  tombstone: unsupported,
});
server.addService(featuresService.ServerFeaturesService, {
  getSupportedMethods: (_: unknown, done: (error: null, answer: object) => void) => done(null, supported),
});
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.send!(`esdb://127.0.0.1:${port}?tls=false`);
});
process.once('disconnect', () => process.exit());

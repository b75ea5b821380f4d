import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { sendUnaryData, ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';
import { unaryCalls } from './open-calls.js';
import type { OpenCalls } from './open-calls.js';
import { expectedBy, placed } from './append-messages.js';
import { answerAppend } from './append-call.js';
import { BatchAppendCall } from './batch-append-call.js';
import type { ForeignStreams } from './foreign-streams.js';
import { nameOf } from './event-messages.js';
import { accessDenied, notUnderstood } from './refusals.js';

/** Default maximum bytes of an append, as in EventStoreDB. */
const MOST = 1024 * 1024;

type BatchCall = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;

/** Handlers of the calls that change streams. */
export function writeCalls(into: ForeignStreams, calls: OpenCalls, most = MOST) {
  const refused = (error: unknown) => calls.refusal(error);
  const unary = unaryCalls(refused);
  return {
    append: (
      call: ServerReadableStream<streams.AppendReq, streams.AppendResp>,
      done: sendUnaryData<streams.AppendResp>,
    ) => calls.answerOnce(call, done, (signal) => answerAppend(call, into, most, signal)),
    batchAppend: (call: BatchCall) =>
      calls.serve(call, (signal) => new BatchAppendCall(call, into, most, refused).answered(signal)),
    delete: unary(async (request: streams.DeleteReq) => {
      const { stream, expected } = endOf(request.getOptions());
      const position = placed(new streams.DeleteResp.Position(), await into.delete(stream, expected));
      return new streams.DeleteResp().setPosition(position);
    }),
    tombstone: unary(async (request: streams.TombstoneReq) => {
      const { stream, expected } = endOf(request.getOptions());
      const position = placed(new streams.TombstoneResp.Position(), await into.tombstone(stream, expected));
      return new streams.TombstoneResp().setPosition(position);
    }),
  };
}

/** @throws CallRefused when the stream is not named */
function endOf(options: streams.DeleteReq.Options | streams.TombstoneReq.Options | undefined) {
  const stream = nameOf(options?.getStreamIdentifier());
  if (!options || stream === '') throw notUnderstood('It does not say which stream is to end.');
  return { stream, expected: expectedBy(options, options.hasRevision() ? options.getRevision() : undefined) };
}

const denied = () => accessDenied('Facts are recorded by commands; this endpoint is for reading.');
const refusing = (_: unknown, done: sendUnaryData<unknown>) => done(denied());

/** The same calls for endpoints where clients may only read. */
export const refusedWriteCalls = {
  append: refusing,
  batchAppend: (call: BatchCall) => call.emit('error', denied()),
  delete: refusing,
  tombstone: refusing,
};

import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { sendUnaryData, ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';
import type { Calls } from './answering.js';
import { appended } from './appending.js';
import { BatchAppending } from './batch-appending.js';
import type { ForeignStreams } from './foreign-streams.js';
import { accessDenied } from './refusals.js';

/** Bytes of an append that are accepted, as EventStoreDB has it. */
const MOST = 1024 * 1024;

type BatchCall = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;

/** The calls that change streams, for who may make them. */
export function writingCalls(into: ForeignStreams, calls: Calls, most = MOST) {
  const refused = (error: unknown) => calls.refusal(error);
  return {
    ...refusingCalls,
    append: async (
      call: ServerReadableStream<streams.AppendReq, streams.AppendResp>,
      done: sendUnaryData<streams.AppendResp>,
    ) => {
      try {
        done(null, await appended(call, into, most));
      } catch (error) {
        done(refused(error));
      }
    },
    batchAppend: (call: BatchCall) =>
      calls.serve(call, (signal) => new BatchAppending(call, into, most, refused).answered(signal)),
  };
}

const denied = () => accessDenied('Facts are recorded by commands; this endpoint is for reading.');
const refusing = (_: unknown, done: sendUnaryData<unknown>) => done(denied());

/** The same calls where clients only read. */
export const refusingCalls = {
  append: refusing,
  batchAppend: (call: BatchCall) => call.emit('error', denied()),
  delete: refusing,
  tombstone: refusing,
};

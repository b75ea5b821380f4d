import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type supported from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type shared from '@eventstore/db-client/generated/shared_pb.js';
import { credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js';
import { afterAll } from '@jest/globals';
import { refusalOf } from './refusing-server.js';

/** Stands before a server and lets everything through; what is no stream may be refused, as to a user without the right. */
export interface ClosedLog {
  readonly url: string;
  /** Whether `$all` may be read. What is being read then ends. */
  close(closed: boolean): void;
}

const ends: (() => void)[] = [];

export async function closedLog(target: string): Promise<ClosedLog> {
  const { host } = new URL(target);
  const to = new streamsService.StreamsClient(host, credentials.createInsecure());
  const features = new featuresService.ServerFeaturesClient(host, credentials.createInsecure());
  const reading = new Set<ServerWritableStream<streams.ReadReq, streams.ReadResp>>();
  let closed = false;

  const read: handleServerStreamingCall<streams.ReadReq, streams.ReadResp> = (call) => {
    const all = call.request.getOptions()?.hasAll() ?? false;
    if (all && closed) return void call.emit('error', refusalOf('denied'));
    if (all) reading.add(call);
    const answers = to.read(call.request, call.metadata);
    answers.on('data', (answer) => call.write(answer));
    answers.on('end', () => call.end());
    answers.on('error', (error) => call.emit('error', error));
    call.on('cancelled', () => answers.cancel());
    call.on('close', () => reading.delete(call));
  };
  const batchAppend: handleBidiStreamingCall<streams.BatchAppendReq, streams.BatchAppendResp> = (call) => {
    const answers = to.batchAppend(call.metadata);
    call.on('data', (request) => answers.write(request));
    call.on('end', () => answers.end());
    call.on('cancelled', () => answers.cancel());
    answers.on('data', (answer) => call.write(answer));
    answers.on('end', () => call.end());
    answers.on('error', (error) => call.emit('error', error));
  };
  const append: handleClientStreamingCall<streams.AppendReq, streams.AppendResp> = (call, done) => {
    const requests = to.append(call.metadata, done);
    call.on('data', (request) => requests.write(request));
    call.on('end', () => requests.end());
  };
  const server = new Server();
  server.addService(streamsService.StreamsService, { read, batchAppend, append } as never);
  const getSupportedMethods: handleUnaryCall<shared.Empty, supported.SupportedMethods> = (call, done) =>
    void features.getSupportedMethods(call.request, done);
  server.addService(featuresService.ServerFeaturesService, { getSupportedMethods });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  ends.push(() => {
    server.forceShutdown();
    to.close();
    features.close();
  });
  return {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    close: (now) => {
      closed = now;
      if (now) for (const call of reading) call.emit('error', refusalOf('denied'));
    },
  };
}

afterAll(() => {
  for (const end of ends.splice(0)) end();
});

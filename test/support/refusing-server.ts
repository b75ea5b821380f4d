import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { afterAll } from '@jest/globals';

const servers: Server[] = [];

/** A server of the protocol that refuses every call. @returns where it listens */
export async function refusingServer(why: 'denied' | 'not-logged-in' | { readonly notLeader: URL }): Promise<string> {
  const server = new Server();
  servers.push(server);
  const refuse = (call: { emit(name: string, error: object): unknown }) => call.emit('error', refusalOf(why));
  const { StreamsService } = streamsService;
  server.addService(StreamsService, {
    read: refuse,
    batchAppend: refuse,
    append: (_: unknown, done: (error: object) => void) => done(refusalOf(why)),
    delete: (_: unknown, done: (error: object) => void) => done(refusalOf(why)),
    tombstone: (_: unknown, done: (error: object) => void) => done(refusalOf(why)),
  });
  const method = new features.SupportedMethod().setServiceName('event_store.client.streams.streams');
  const supported = new features.SupportedMethods()
    .setEventStoreServerVersion('23.10.0')
    .setMethodsList([method.setMethodName('batchappend')]);
  server.addService(featuresService.ServerFeaturesService, {
    getSupportedMethods: (_: unknown, done: (error: null, answer: object) => void) => done(null, supported),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return `esdb://127.0.0.1:${port}?tls=false`;
}

/** What a call to such a server ends with. */
export function refusalOf(why: Parameters<typeof refusingServer>[0]): object {
  const metadata = new Metadata();
  if (why === 'not-logged-in') return { code: status.UNAUTHENTICATED, details: 'Unauthenticated', metadata };
  if (why === 'denied') {
    metadata.set('exception', 'access-denied');
    return { code: status.PERMISSION_DENIED, details: 'Access Denied', metadata };
  }
  metadata.set('exception', 'not-leader');
  metadata.set('leader-endpoint-host', why.notLeader.hostname);
  metadata.set('leader-endpoint-port', why.notLeader.port);
  return { code: status.NOT_FOUND, details: 'Leader info available', metadata };
}

afterAll(() => {
  for (const server of servers.splice(0)) server.forceShutdown();
});

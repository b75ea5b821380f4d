import { randomUUID } from 'node:crypto';
import gossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { handleUnaryCall, Server } from '@grpc/grpc-js';
import { idMessage, ticks } from './event-messages.js';

/** EventStoreDB version whose protocol is spoken; clients choose their calls by it. */
const VERSION = '23.10.0';

/** A supported call with its features; clients look both up in lower case. */
export interface Supported {
  readonly path: string;
  readonly features: readonly string[];
}

/** Calls that clients make before they log in. */
export const pathsOfDiscovery = [
  featuresService.ServerFeaturesService.getSupportedMethods.path,
  gossipService.GossipService.read.path,
];

/** Answers which calls are supported, and describes a cluster of one member. */
export function addDiscovery(server: Server, supported: readonly Supported[]): void {
  server.addService(featuresService.ServerFeaturesService, { getSupportedMethods: supportedMethods(supported) });
  server.addService(gossipService.GossipService, { read: members() });
}

function supportedMethods(supported: readonly Supported[]): handleUnaryCall<unknown, features.SupportedMethods> {
  const methods = supported.map(({ path, features: named }) => {
    const [service, method] = path.toLowerCase().split('/').slice(1);
    return new features.SupportedMethod()
      .setServiceName(service!)
      .setMethodName(method!)
      .setFeaturesList([...named]);
  });
  const answer = new features.SupportedMethods().setEventStoreServerVersion(VERSION).setMethodsList(methods);
  return (_, callback) => callback(null, answer);
}

/** The only member of the cluster, at the address that the caller used. */
function members(): handleUnaryCall<unknown, gossip.ClusterInfo> {
  const instance = randomUUID();
  return (call, callback) => {
    const { hostname, port } = new URL(`esdb://${call.getHost()}`);
    const address = new gossip.EndPoint().setAddress(hostname).setPort(Number(port));
    const member = new gossip.MemberInfo()
      .setInstanceId(idMessage(instance))
      .setTimeStamp(ticks(new Date().toISOString()))
      .setState(gossip.MemberInfo.VNodeState.LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(address);
    callback(null, new gossip.ClusterInfo().setMembersList([member]));
  };
}

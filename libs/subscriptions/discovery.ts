import { randomUUID } from 'node:crypto';
import gossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { handleUnaryCall, Server } from '@grpc/grpc-js';
import { idMessage, ticks } from './event-messages.js';

/** The version whose protocol this is; clients choose by it what they send. */
const VERSION = '23.10.0';

/** A call that clients may make, with what it can do; they look both up in lower case. */
export interface Supported {
  readonly path: string;
  readonly features: readonly string[];
}

/** What clients ask before they say who they are. */
export const pathsOfDiscovery = [
  featuresService.ServerFeaturesService.getSupportedMethods.path,
  gossipService.GossipService.read.path,
];

/** Tells clients what can be asked here, and those that look for a cluster that this is all of it. */
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

/** One member, at the address by which the caller found it. */
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

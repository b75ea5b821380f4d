import persistentService from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import { unaryCalls } from './open-calls.js';
import { LOG } from './consumer-group.js';
import type { ConsumerGroup } from './consumer-group.js';
import type { ConsumerGroups } from './consumer-groups.js';
import { consumerCall } from './consumer-call.js';
import type { Supported } from './discovery.js';
import { nameOf } from './event-messages.js';
import { infoMessage, keyOf, settingsOf } from './group-messages.js';
import { groupMissing } from './group-refusals.js';
import { inFrames } from './response-stream.js';
import type { Batch } from './response-stream.js';
import { notUnderstood } from './refusals.js';
import type { CallRefused } from './refusals.js';
import { safe } from './read-request.js';

const { PersistentSubscriptionsService } = persistentService;

/** Calls for consumer groups, as the discovery lists them. */
export const supportedOfGroups: readonly Supported[] = Object.values(PersistentSubscriptionsService).map(
  ({ path }: { path: string }) => ({ path, features: ['stream', 'all'] }),
);

/** Adds the service for consumer groups (persistent subscriptions). @param user name under which callers have logged in */
export function addGroups(
  server: Server,
  groups: ConsumerGroups,
  user: string,
  refusal: (error: unknown) => CallRefused,
): void {
  const unary = unaryCalls(refusal);
  server.addService(inFrames(PersistentSubscriptionsService), {
    create: unary(async (request: persistent.CreateReq) => {
      const options = asked(request.getOptions());
      const key = keyOf(options);
      await groups.create(key, settingsOf(key, options));
      return new persistent.CreateResp();
    }),
    update: unary(async (request: persistent.UpdateReq) => {
      const options = asked(request.getOptions());
      const key = keyOf(options);
      await groups.update(key, settingsOf(key, options));
      return new persistent.UpdateResp();
    }),
    delete: unary(async (request: persistent.DeleteReq) => {
      await groups.remove(keyOf(request.getOptions()));
      return new persistent.DeleteResp();
    }),
    getInfo: unary((request: persistent.GetInfoReq) =>
      new persistent.GetInfoResp().setSubscriptionInfo(infoMessage(groups.get(keyOf(request.getOptions())))),
    ),
    list: unary((request: persistent.ListReq) =>
      new persistent.ListResp().setSubscriptionsList(listed(groups, request).map(infoMessage)),
    ),
    replayParked: unary((request: persistent.ReplayParkedReq) => {
      const options = asked(request.getOptions());
      groups.get(keyOf(options)).replay(options.hasStopAt() ? safe(options.getStopAt()) : Infinity);
      return new persistent.ReplayParkedResp();
    }),
    restartSubsystem: unary(() => {
      groups.restart();
      return new shared.Empty();
    }),
    read: (call: ServerDuplexStream<persistent.ReadReq, Batch>) => consumerCall(groups, call, user, refusal),
  });
}

function asked<Options>(options: Options | undefined): Options {
  if (!options) throw notUnderstood('It does not say what is to be done.');
  return options;
}

/** @throws CallRefused when one source is asked for and has no groups */
function listed(groups: ConsumerGroups, request: persistent.ListReq): readonly ConsumerGroup[] {
  const only = request.getOptions()?.getListForStream();
  if (!only) return groups.all();
  const source = only.hasAll() ? LOG : nameOf(only.getStream());
  const found = groups.all().filter((group) => group.source === source);
  if (found.length === 0) throw groupMissing({ source, name: '' });
  return found;
}

import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Answer, ConsumerGroup } from './consumer-group.js';
import type { ConsumerGroups } from './consumer-groups.js';
import { filled, idOf } from './event-messages.js';
import type { IdForm } from './event-messages.js';
import { keyOf } from './group-messages.js';
import { dropped, groupFull } from './group-refusals.js';
import { originOf } from './resolved-event.js';
import type { ResolvedEvent } from './resolved-event.js';
import { frameOf, ResponseStream } from './response-stream.js';
import type { Batch } from './response-stream.js';
import { notUnderstood } from './refusals.js';
import type { CallRefused } from './refusals.js';

type Call = ServerDuplexStream<persistent.ReadReq, Batch>;

/** Upper limit of a consumer's buffer size, since unacknowledged events stay in memory. */
const MOST_ROOM = 1_000;

const { PARK, SKIP, STOP } = persistent.ReadReq.Nack.Action;

/** Joins a consumer to a group for as long as its call lasts. @param user name under which callers have logged in */
export function consumerCall(
  groups: ConsumerGroups,
  call: Call,
  user: string,
  refusal: (error: unknown) => CallRefused,
): void {
  let joined: { readonly group: ConsumerGroup; readonly id: string } | undefined;
  const over = new AbortController();
  const responses = new ResponseStream(call, over.signal);
  const leave = () => {
    over.abort();
    joined?.group.leave(joined.id);
    joined = undefined;
  };
  call.on('data', (request: persistent.ReadReq) => {
    try {
      const options = request.getOptions();
      if (options) joined ??= join(groups.get(keyOf(options)), { call, user, responses }, options);
      else if (!joined) throw notUnderstood('A consumer says first what it consumes.');
      else if (request.getNack()?.getAction() === STOP) throw dropped(joined.group);
      else answer(joined.group, joined.id, request);
    } catch (error) {
      leave();
      call.emit('error', refusal(error));
    }
  });
  call.on('end', () => {
    leave();
    call.end();
  });
  for (const end of ['cancelled', 'error']) call.on(end, leave);
}

function join(
  group: ConsumerGroup,
  { call, user, responses }: { readonly call: Call; readonly user: string; readonly responses: ResponseStream },
  options: persistent.ReadReq.Options,
): { readonly group: ConsumerGroup; readonly id: string } {
  const { maxConsumers } = group.settings;
  if (maxConsumers > 0 && group.figures.members.length >= maxConsumers) throw groupFull(group);
  const form: IdForm = options.getUuidOption()?.hasStructured() ? 'structured' : 'string';
  const confirmation = new persistent.ReadResp.SubscriptionConfirmation().setSubscriptionId(
    `${group.source}::${group.name}`,
  );
  responses.send([frameOf(new persistent.ReadResp().setSubscriptionConfirmation(confirmation))]);
  responses.onDrained(() => group.pump());
  const id = group.join({
    from: call.getPeer(),
    name: String(call.metadata.get('connection-name')[0] ?? ''),
    user,
    room: Math.min(MOST_ROOM, Math.max(1, options.getBufferSize())),
    ready: () => responses.ready,
    give: (given, retries) => responses.send([frameOf(eventMessage(given, retries, form))]),
    drop: (why) => void call.emit('error', why),
  });
  return { group, id };
}

function answer(group: ConsumerGroup, id: string, request: persistent.ReadReq): void {
  const ack = request.getAck();
  if (ack) group.answered(id, ack.getIdsList().map(idOf), 'ack');
  const nack = request.getNack();
  if (nack) group.answered(id, nack.getIdsList().map(idOf), answerOf(nack.getAction()), nack.getReason());
}

/** A negative acknowledgement without a known action means retry. */
function answerOf(action: persistent.ReadReq.Nack.Action): Answer {
  if (action === PARK) return 'park';
  return action === SKIP ? 'skip' : 'retry';
}

function eventMessage(given: ResolvedEvent, retries: number, form: IdForm): persistent.ReadResp {
  const { event, link } = given;
  const recorded = () => new persistent.ReadResp.ReadEvent.RecordedEvent();
  const read = new persistent.ReadResp.ReadEvent()
    .setCommitPosition(String(originOf(given).position))
    .setRetryCount(retries);
  if (event) read.setEvent(filled(recorded(), event, form));
  if (link) read.setLink(filled(recorded(), link, form));
  return new persistent.ReadResp().setEvent(read);
}

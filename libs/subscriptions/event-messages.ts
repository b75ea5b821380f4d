import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ForeignBodies, RecordedEvent } from '../event-store/event-store.js';
import { idOfHalves } from '../ids.js';
import { originOf } from './resolved-event.js';
import type { ResolvedEvent } from './resolved-event.js';
import { isTombstone } from './stream-metadata.js';

/** The protocol counts time in units of 100 nanoseconds since the Unix epoch: this many per millisecond. */
const TICKS = 10_000n;

/** The revision under which the protocol gives the tombstone of a stream. */
const LAST_REVISION = String(2n ** 63n - 1n);

/** Format of ids that the caller asks for: text, or two 64-bit numbers. */
export type IdForm = 'string' | 'structured';

export function idMessage(id: string, form: IdForm = 'string'): shared.UUID {
  if (form === 'string') return new shared.UUID().setString(id);
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
  const halves = new shared.UUID.Structured()
    .setMostSignificantBits(String(bytes.readBigInt64BE(0)))
    .setLeastSignificantBits(String(bytes.readBigInt64BE(8)));
  return new shared.UUID().setStructured(halves);
}

export function idOf(message: shared.UUID): string {
  const halves = message.getStructured();
  if (!halves) return message.getString();
  return idOfHalves(halves.getMostSignificantBits(), halves.getLeastSignificantBits());
}

export const streamMessage = (stream: string): shared.StreamIdentifier =>
  new shared.StreamIdentifier().setStreamName(Buffer.from(stream));

export const nameOf = (stream: shared.StreamIdentifier | undefined): string =>
  Buffer.from(stream?.getStreamName_asU8() ?? []).toString();

export const ticks = (time: string): string => String(BigInt(Date.parse(time)) * TICKS);

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** An event of Annals as subscribers read it. Its metadata also holds the business time and the schema version. */
const bodiesOf = ({ data, metadata, occurredAt, schemaVersion }: RecordedEvent): ForeignBodies => ({
  contentType: 'application/json',
  data: json(data),
  metadata: json({ ...metadata, occurredAt, schemaVersion }),
});

/** Fields that the event messages of both gRPC services share. */
interface RecordedMessage {
  setId(id: shared.UUID): unknown;
  setStreamIdentifier(stream: shared.StreamIdentifier): unknown;
  setStreamRevision(revision: string): unknown;
  setCommitPosition(position: string): unknown;
  setPreparePosition(position: string): unknown;
  setData(data: Uint8Array): unknown;
  setCustomMetadata(metadata: Uint8Array): unknown;
  getMetadataMap(): { set(key: string, value: string): unknown };
}

export function filled<Message extends RecordedMessage>(message: Message, event: RecordedEvent, form: IdForm): Message {
  const position = String(event.position);
  message.setId(idMessage(event.id, form));
  message.setStreamIdentifier(streamMessage(event.stream));
  message.setStreamRevision(isTombstone(event) ? LAST_REVISION : String(event.revision));
  message.setCommitPosition(position);
  message.setPreparePosition(position);
  const { data, metadata, contentType } = event.foreign ?? bodiesOf(event);
  message.setData(data);
  message.setCustomMetadata(metadata);
  const properties = message.getMetadataMap();
  properties.set('type', event.type);
  properties.set('content-type', contentType);
  properties.set('created', ticks(event.recordedAt));
  return message;
}

export function eventMessage(given: ResolvedEvent, form: IdForm): streams.ReadResp {
  const { event, link } = given;
  const recorded = () => new streams.ReadResp.ReadEvent.RecordedEvent();
  const read = new streams.ReadResp.ReadEvent().setCommitPosition(String(originOf(given).position));
  if (event) read.setEvent(filled(recorded(), event, form));
  if (link) read.setLink(filled(recorded(), link, form));
  return new streams.ReadResp().setEvent(read);
}

export const missingMessage = (stream: string): streams.ReadResp =>
  new streams.ReadResp().setStreamNotFound(
    new streams.ReadResp.StreamNotFound().setStreamIdentifier(streamMessage(stream)),
  );

/** First revision (left out when absent) and last revision of a stream. */
export const endsOfStreamMessages = (first: number | undefined, last: number): readonly streams.ReadResp[] => [
  ...(first === undefined ? [] : [new streams.ReadResp().setFirstStreamPosition(String(first))]),
  new streams.ReadResp().setLastStreamPosition(String(last)),
];

export const endOfLogMessage = (head: number): streams.ReadResp =>
  new streams.ReadResp().setLastAllStreamPosition(
    new shared.AllStreamPosition().setCommitPosition(String(head)).setPreparePosition(String(head)),
  );

export const confirmationMessage = (subscriptionId: string): streams.ReadResp =>
  new streams.ReadResp().setConfirmation(
    new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(subscriptionId),
  );

export const checkpointMessage = (position: number): streams.ReadResp =>
  new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position)),
  );

export const caughtUpMessage = (): streams.ReadResp =>
  new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());

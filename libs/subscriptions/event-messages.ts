import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { RecordedEvent } from '../event-store/event-store.js';

/** Units of 100 nanoseconds, in which the protocol counts time, since the Unix epoch. */
const TICKS = 10_000n;

/** How a caller wants ids written: as text, or as two numbers of 64 bits. */
export type IdForm = 'string' | 'structured';

export function idMessage(id: string, form: IdForm = 'string'): shared.UUID {
  if (form === 'string') return new shared.UUID().setString(id);
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
  const halves = new shared.UUID.Structured()
    .setMostSignificantBits(String(bytes.readBigInt64BE(0)))
    .setLeastSignificantBits(String(bytes.readBigInt64BE(8)));
  return new shared.UUID().setStructured(halves);
}

export const streamMessage = (stream: string): shared.StreamIdentifier =>
  new shared.StreamIdentifier().setStreamName(Buffer.from(stream));

export const nameOf = (stream: shared.StreamIdentifier | undefined): string =>
  Buffer.from(stream?.getStreamName_asU8() ?? []).toString();

export const ticks = (time: string): string => String(BigInt(Date.parse(time)) * TICKS);

/** What subscribers read beside the data: the metadata of the log, and what else the log says about the event. */
const metadataOf = ({ metadata, occurredAt, schemaVersion }: RecordedEvent) => ({
  ...metadata,
  occurredAt,
  schemaVersion,
});

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

export function eventMessage(event: RecordedEvent, form: IdForm = 'string'): streams.ReadResp {
  const position = String(event.position);
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(idMessage(event.id, form))
    .setStreamIdentifier(streamMessage(event.stream))
    .setStreamRevision(String(event.revision))
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setData(json(event.data))
    .setCustomMetadata(json(metadataOf(event)));
  recorded
    .getMetadataMap()
    .set('type', event.type)
    .set('content-type', 'application/json')
    .set('created', ticks(event.recordedAt));
  return new streams.ReadResp().setEvent(
    new streams.ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(position),
  );
}

export const missingMessage = (stream: string): streams.ReadResp =>
  new streams.ReadResp().setStreamNotFound(
    new streams.ReadResp.StreamNotFound().setStreamIdentifier(streamMessage(stream)),
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

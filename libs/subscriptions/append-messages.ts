import shared from '@eventstore/db-client/generated/shared_pb.js';
import statuses from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { status } from '@grpc/grpc-js';
import type { Message } from 'google-protobuf';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import { WrongExpectedRevision } from '../event-store/event-store.js';
import type { Appended, ExpectedRevision, ForeignEvent } from '../event-store/event-store.js';
import { idOf, streamMessage } from './event-messages.js';
import { AppendTooLarge, StreamDeleted } from './refusals.js';
import type { CallRefused } from './refusals.js';
import { missingProperties, notUnderstood, wrongRevisionText } from './refusals.js';
import { safe } from './read-request.js';

/** Some clients send this revision instead of `no-stream`. */
const NO_STREAM = String(2n ** 64n - 1n);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The expected revision, as all requests that change a stream carry it. */
interface ExpectedMessage {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
}

/** @throws CallRefused when no expected revision is given */
export function expectedBy(options: ExpectedMessage, revision: string | undefined): ExpectedRevision {
  if (revision === NO_STREAM) return 'no-stream';
  if (revision !== undefined) return safe(revision);
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasStreamExists()) return 'stream-exists';
  throw notUnderstood('It does not say which revision is expected.');
}

/** @throws CallRefused when the type, the content type or a valid id is missing */
export function eventOf(
  message: streams.AppendReq.ProposedMessage | streams.BatchAppendReq.ProposedMessage,
): ForeignEvent {
  const properties = message.getMetadataMap();
  const [type, contentType] = ['type', 'content-type'].map((key) => properties.get(key)) as [string?, string?];
  if (!type || !contentType) throw missingProperties(['type', 'content-type'].filter((key) => !properties.get(key)));
  const id = message.hasId() ? idOf(message.getId()!).toLowerCase() : '';
  if (!UUID.test(id)) throw notUnderstood('The id of an event is a UUID.');
  return {
    id,
    type,
    foreign: {
      contentType: contentType === 'application/json' ? contentType : 'application/octet-stream',
      data: message.getData_asU8(),
      metadata: message.getCustomMetadata_asU8(),
    },
  };
}

/** Bytes of an event that count towards the maximum append size. */
export const sizeOf = ({ foreign: { data, metadata } }: ForeignEvent): number => data.length + metadata.length;

export function appendedMessage({ revision, position }: Partial<Appended>): streams.AppendResp {
  const success = new streams.AppendResp.Success();
  if (revision === undefined) success.setNoStream(new shared.Empty());
  else success.setCurrentRevision(String(revision));
  if (position === undefined) success.setNoPosition(new shared.Empty());
  else success.setPosition(placed(new streams.AppendResp.Position(), position));
  return new streams.AppendResp().setSuccess(success);
}

/** Sets a log position on a message; each answer has its own message class for it. */
export function placed<
  At extends { setCommitPosition(position: string): unknown; setPreparePosition(position: string): unknown },
>(message: At, position: number): At {
  message.setCommitPosition(String(position));
  message.setPreparePosition(String(position));
  return message;
}

/** For a single append the protocol reports a wrong expected revision as an answer, not as an error. */
export function conflictMessage({ expected, current }: WrongExpectedRevision): streams.AppendResp {
  const nothing = new shared.Empty();
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(nothing);
  else wrong.setCurrentRevision(String(current));
  if (expected === 'any') wrong.setExpectedAny(nothing);
  else if (expected === 'no-stream') wrong.setExpectedNoStream(nothing);
  else if (expected === 'stream-exists') wrong.setExpectedStreamExists(nothing);
  else wrong.setExpectedRevision(String(expected));
  return new streams.AppendResp().setWrongExpectedVersion(wrong);
}

/** The answer to one append of a batch call, with the correlation id of its request. */
export function batchAnswer(id: shared.UUID, stream: string): streams.BatchAppendResp {
  return new streams.BatchAppendResp().setCorrelationId(id).setStreamIdentifier(streamMessage(stream));
}

export function batchSuccess({ revision, position }: Partial<Appended>): streams.BatchAppendResp.Success {
  const success = new streams.BatchAppendResp.Success();
  if (revision === undefined) success.setNoStream(new empty.Empty());
  else success.setCurrentRevision(String(revision));
  if (position === undefined) success.setNoPosition(new empty.Empty());
  else success.setPosition(placed(new shared.AllStreamPosition(), position));
  return success;
}

export const timeoutStatus = (): statuses.Status =>
  statusMessage(
    status.DEADLINE_EXCEEDED,
    'It took too long; what is sent again is written once.',
    'Timeout',
    new shared.Timeout(),
  );

/** The error of one append of a batch call. @param refusal turns any error into the one that callers may see */
export function statusOf(error: unknown, stream: string, refusal: (error: unknown) => CallRefused): statuses.Status {
  if (error instanceof WrongExpectedRevision) {
    const message = wrongRevisionText('Append', error);
    return statusMessage(status.FAILED_PRECONDITION, message, 'WrongExpectedVersion', wrongVersion(error));
  }
  const { code, message, exception } = refusal(error);
  if (error instanceof StreamDeleted) {
    const deleted = new shared.StreamDeleted().setStreamIdentifier(streamMessage(stream));
    return statusMessage(code, message, 'StreamDeleted', deleted);
  }
  if (error instanceof AppendTooLarge) {
    const tooLarge = new shared.MaximumAppendSizeExceeded().setMaxappendsize(error.most);
    return statusMessage(code, message, 'MaximumAppendSizeExceeded', tooLarge);
  }
  if (exception === 'access-denied') return statusMessage(code, message, 'AccessDenied', new shared.AccessDenied());
  if (code === status.INVALID_ARGUMENT) {
    return statusMessage(code, message, 'BadRequest', new shared.BadRequest().setMessage(message));
  }
  // Clients retry after a timeout, and an append that met an unavailable server may be retried too.
  if (code === status.UNAVAILABLE) return statusMessage(code, message, 'Timeout', new shared.Timeout());
  return statusMessage(code, message, 'Unknown', new shared.Unknown());
}

function wrongVersion({ expected, current }: WrongExpectedRevision): shared.WrongExpectedVersion {
  const nothing = new empty.Empty();
  const wrong = new shared.WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(nothing);
  else wrong.setCurrentStreamRevision(String(current));
  if (expected === 'any') wrong.setExpectedAny(nothing);
  else if (expected === 'no-stream') wrong.setExpectedNoStream(nothing);
  else if (expected === 'stream-exists') wrong.setExpectedStreamExists(nothing);
  else wrong.setExpectedStreamPosition(String(expected));
  return wrong;
}

function statusMessage(code: status, message: string, name: string, details: Message): statuses.Status {
  const packed = new any.Any();
  packed.pack(details.serializeBinary(), `event_store.client.${name}`, 'type.googleapis.com/');
  return new statuses.Status()
    .setCode(code as never)
    .setMessage(message)
    .setDetails(packed);
}

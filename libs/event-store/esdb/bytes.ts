import { randomUUID } from 'node:crypto';
import eventstore from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { idOfHalves } from '../../ids.js';
import type { ExpectedRevision, ForeignBodies } from '../event-store.js';

type Client = InstanceType<typeof eventstore.EventStoreDBClient>;
type ServiceError = Parameters<typeof eventstore.convertToCommandError>[0];

/** The protocol counts time in units of 100 nanoseconds: this many per millisecond. */
const TICKS = 10_000;

/** An event to append whose bodies are kept byte for byte; the client would serialise them again. */
export interface EsdbBytes {
  readonly id: string;
  readonly type: string;
  readonly foreign: ForeignBodies;
}

export interface BytesAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly EsdbBytes[];
}

/** An event as the server keeps it, its bodies byte for byte. */
export interface EsdbStored extends EsdbBytes {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly recordedAt: string;
}

/**
 * Appends events byte for byte. The client parses and serialises bodies, which changes whitespace and the digits of numbers, so
 * this speaks the protocol itself on the client's connection.
 * @throws Error as of the client
 */
export function appendBytes(
  client: Client,
  stream: string,
  expected: ExpectedRevision,
  events: readonly EsdbBytes[],
  deadline: number,
): Promise<{ readonly revision: number; readonly position: number | undefined }> {
  return client['execute'](
    StreamsClient,
    'appendBytes',
    (calls) =>
      new Promise((resolve, reject) => {
        const sink = calls.append(...client['callArguments']({ deadline }), (error, answer) => {
          if (error) return reject(eventstore.convertToCommandError(error));
          const success = answer.getSuccess();
          if (!success) return reject(conflict(stream, answer.getWrongExpectedVersion()));
          const position = success.getPosition()?.getCommitPosition();
          resolve({
            revision: Number(success.getCurrentRevision()),
            position: position === undefined ? undefined : Number(position),
          });
        });
        sink.on('error', (error: ServiceError) => reject(eventstore.convertToCommandError(error)));
        sink.write(new streams.AppendReq().setOptions(optionsOf(stream, expected)));
        for (const event of events)
          sink.write(
            new streams.AppendReq().setProposedMessage(proposed(event, new streams.AppendReq.ProposedMessage())),
          );
        sink.end();
      }),
  );
}

/**
 * Sends appends over one call, without waiting for each answer. A server writes them in this order; the client's own batches
 * may overtake each other before they are sent.
 * @param deadline for all of them, in milliseconds
 * @returns which of them are confirmed; of the others nothing is known
 */
export async function appendInOrder(
  client: Client,
  appends: readonly BytesAppend[],
  deadline: number,
): Promise<readonly boolean[]> {
  const ids = new Map(appends.map((_, index) => [randomUUID() as string, index]));
  const confirmed = appends.map(() => false);
  try {
    const calling = client['GRPCStreamCreator'](StreamsClient, 'appendInOrder', (calls) =>
      calls.batchAppend(...client['callArguments']({ deadline })),
    );
    const call = await calling();
    for (const [id, index] of ids) call.write(batchOf(id, appends[index]!));
    for await (const answer of call as AsyncIterable<streams.BatchAppendResp>) {
      const id = idOf(answer.getCorrelationId()!);
      confirmed[ids.get(id)!] = answer.hasSuccess();
      ids.delete(id);
      if (ids.size === 0) call.end();
    }
  } catch {
    // The caller asks for each of them that is not confirmed.
  }
  return confirmed;
}

/** The text of an id; servers answer with two halves also where they were sent a text. */
function idOf(id: shared.UUID): string {
  const halves = id.getStructured();
  if (!halves) return id.getString();
  return idOfHalves(halves.getMostSignificantBits(), halves.getLeastSignificantBits());
}

function batchOf(id: string, { stream, expected, events }: BytesAppend): streams.BatchAppendReq {
  const options = new streams.BatchAppendReq.Options().setStreamIdentifier(streamIdentifier(stream));
  if (typeof expected === 'number') options.setStreamPosition(String(expected));
  else if (expected === 'any') options.setAny(new shared.Empty());
  else if (expected === 'no-stream') options.setNoStream(new shared.Empty());
  else options.setStreamExists(new shared.Empty());
  const request = new streams.BatchAppendReq()
    .setCorrelationId(new shared.UUID().setString(id))
    .setOptions(options)
    .setIsFinal(true);
  for (const event of events)
    request.addProposedMessages(proposed(event, new streams.BatchAppendReq.ProposedMessage()));
  return request;
}

const streamIdentifier = (stream: string) => new shared.StreamIdentifier().setStreamName(Buffer.from(stream));

function optionsOf(stream: string, expected: ExpectedRevision): streams.AppendReq.Options {
  const options = new streams.AppendReq.Options().setStreamIdentifier(streamIdentifier(stream));
  if (typeof expected === 'number') return options.setRevision(String(expected));
  if (expected === 'any') return options.setAny(new shared.Empty());
  if (expected === 'no-stream') return options.setNoStream(new shared.Empty());
  return options.setStreamExists(new shared.Empty());
}

function proposed<Message extends streams.AppendReq.ProposedMessage | streams.BatchAppendReq.ProposedMessage>(
  { id, type, foreign }: EsdbBytes,
  message: Message,
): Message {
  message.setId(new shared.UUID().setString(id)).setData(foreign.data).setCustomMetadata(foreign.metadata);
  message.getMetadataMap().set('type', type).set('content-type', foreign.contentType);
  return message;
}

function conflict(stream: string, wrong: streams.AppendResp.WrongExpectedVersion | undefined): Error {
  const current = wrong?.hasCurrentRevision() ? BigInt(wrong.getCurrentRevision()) : 'no_stream';
  return new eventstore.WrongExpectedVersionError(null as never, { streamName: stream, current, expected: 'any' });
}

/** Reads the log from a position, inclusive, with events of the server itself. @throws Error as of the client */
export async function* readBytes(client: Client, from: number): AsyncGenerator<EsdbStored, void, undefined> {
  const all = new streams.ReadReq.Options.AllOptions();
  const position = new streams.ReadReq.Options.Position()
    .setCommitPosition(String(from))
    .setPreparePosition(String(from));
  const options = new streams.ReadReq.Options()
    .setAll(from === 0 ? all.setStart(new shared.Empty()) : all.setPosition(position))
    .setReadDirection(0)
    .setResolveLinks(false)
    .setCount(String(Number.MAX_SAFE_INTEGER))
    .setNoFilter(new shared.Empty())
    .setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(new shared.Empty()));
  const request = new streams.ReadReq().setOptions(options);
  const calling = client['GRPCStreamCreator'](StreamsClient, 'readBytes', (calls) =>
    calls.read(request, ...client['callArguments']({}, { deadline: Infinity })),
  );
  const reading = await calling();
  try {
    for await (const answer of reading as AsyncIterable<streams.ReadResp>) {
      const event = answer.getEvent()?.getEvent();
      if (event) yield stored(event);
    }
  } catch (error) {
    throw eventstore.convertToCommandError(error as ServiceError);
  } finally {
    reading.cancel();
  }
}

function stored(event: streams.ReadResp.ReadEvent.RecordedEvent): EsdbStored {
  const properties = event.getMetadataMap();
  return {
    stream: Buffer.from(event.getStreamIdentifier()!.getStreamName_asU8()).toString(),
    revision: Number(event.getStreamRevision()),
    position: Number(event.getCommitPosition()),
    id: event.getId()!.getString(),
    type: properties.get('type') ?? '',
    recordedAt: new Date(Number(BigInt(properties.get('created') ?? 0) / BigInt(TICKS))).toISOString(),
    foreign: {
      contentType:
        properties.get('content-type') === 'application/json' ? 'application/json' : 'application/octet-stream',
      data: event.getData_asU8(),
      metadata: event.getCustomMetadata_asU8(),
    },
  };
}

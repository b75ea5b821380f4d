import eventstore from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
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
        for (const event of events) sink.write(new streams.AppendReq().setProposedMessage(proposed(event)));
        sink.end();
      }),
  );
}

function optionsOf(stream: string, expected: ExpectedRevision): streams.AppendReq.Options {
  const options = new streams.AppendReq.Options().setStreamIdentifier(
    new shared.StreamIdentifier().setStreamName(Buffer.from(stream)),
  );
  if (typeof expected === 'number') return options.setRevision(String(expected));
  if (expected === 'any') return options.setAny(new shared.Empty());
  if (expected === 'no-stream') return options.setNoStream(new shared.Empty());
  return options.setStreamExists(new shared.Empty());
}

function proposed({ id, type, foreign }: EsdbBytes): streams.AppendReq.ProposedMessage {
  const message = new streams.AppendReq.ProposedMessage()
    .setId(new shared.UUID().setString(id))
    .setData(foreign.data)
    .setCustomMetadata(foreign.metadata);
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

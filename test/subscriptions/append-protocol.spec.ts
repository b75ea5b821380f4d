import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { credentials, status } from '@grpc/grpc-js';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { newId } from '../../libs/ids.js';
import { clients, Endpoint } from './endpoint.js';

const { AppendReq, BatchAppendReq } = streams;
const named = (stream: string) => new shared.StreamIdentifier().setStreamName(Buffer.from(stream));
const ID = '01890f5a-0000-7000-8000-ffff00000001';

/** What the protocol allows, or does not, and neither of the clients says. */
describe('appending', () => {
  const on = new Endpoint(clients[0], ['customer']);
  let client: streamsService.StreamsClient;

  beforeEach(async () => {
    await on.open();
    client = new streamsService.StreamsClient(new URL(on.url).host, credentials.createInsecure());
  });
  afterEach(async () => {
    client.close();
    await on.close();
  });

  describe('one by one', () => {
    const options = (stream = 'lead-1') =>
      new AppendReq.Options().setStreamIdentifier(named(stream)).setAny(new shared.Empty());

    function proposed(
      properties: Readonly<Record<string, string>> = { type: 'Sent', 'content-type': 'text/plain' },
      id = ID,
    ) {
      const message = new AppendReq.ProposedMessage().setId(new shared.UUID().setString(id)).setData(Buffer.from('{}'));
      for (const [key, value] of Object.entries(properties)) message.getMetadataMap().set(key, value);
      return message;
    }

    const append = (...requests: streams.AppendReq[]): Promise<streams.AppendResp> =>
      new Promise((resolve, reject) => {
        const call = client.append((error, answer) => (error ? reject(error) : resolve(answer)));
        call.on('error', () => undefined);
        for (const request of requests) call.write(request);
        call.end();
      });
    const saying = (said: streams.AppendReq.Options) => new AppendReq().setOptions(said);
    const event = (...of: Parameters<typeof proposed>) => new AppendReq().setProposedMessage(proposed(...of));

    it('takes whatever is no JSON for bytes, and ids in any letters', async () => {
      const answer = await append(saying(options()), event(undefined, ID.toUpperCase()));
      expect(answer.getSuccess()!.getCurrentRevision()).toBe('0');
      const { events } = await on.store.readStream('lead-1');
      expect(events).toMatchObject([{ id: ID, foreign: { contentType: 'application/octet-stream' } }]);
    });

    it('refuses what does not say what every append says', async () => {
      const refused = { code: status.INVALID_ARGUMENT };
      const wrong: streams.AppendReq[][] = [
        [],
        [event()],
        [saying(options(''))],
        [saying(options('$all')), event()],
        [saying(new AppendReq.Options().setStreamIdentifier(named('lead-1'))), event()],
        [saying(options()), event(undefined, 'no id')],
        [saying(options()), new AppendReq().setProposedMessage(new AppendReq.ProposedMessage())],
        [saying(options()), new AppendReq()],
      ];
      for (const requests of wrong) await expect(append(...requests)).rejects.toMatchObject(refused);
      const untyped = append(saying(options()), event({ 'content-type': 'application/json' }));
      const trailers = await untyped.then(
        () => ({}),
        ({ metadata }: { metadata: { getMap(): object } }) => metadata.getMap(),
      );
      expect(trailers).toMatchObject({
        exception: 'missing-required-metadata-property',
        'required-metadata-properties': 'type',
      });
      expect(await on.store.head()).toBe(0);
      expect(await on.reports()).toEqual([]);
    });

    it('refuses a stream that is ended in the words of EventStoreDB', async () => {
      await on.client.tombstoneStream('lead-1');
      await expect(append(saying(options()), event())).rejects.toMatchObject({
        code: status.FAILED_PRECONDITION,
        details: "Event stream 'lead-1' is deleted.",
      });
      await expect(append(saying(options('lead-2')), event({ type: 'Sent' }))).rejects.toMatchObject({
        details: "Required Metadata Property 'content-type' is missing",
      });
    });

    it('writes nothing of an append that is not said to the end', async () => {
      const call = client.append(() => undefined);
      call.on('error', () => undefined);
      call.write(saying(options()));
      call.write(event());
      await new Promise((resolve) => setImmediate(resolve));
      call.cancel();
      await append(saying(options('lead-2')), event(undefined, newId()));
      expect((await on.store.readStream('lead-1')).events).toEqual([]);
      expect(await on.reports()).toEqual([]);
    });
  });

  describe('under way when the server stops', () => {
    /** What each call is told, of which nothing but the beginning was sent. */
    const begun = async (): Promise<Promise<number | undefined>[]> => {
      const one = new Promise<number | undefined>((resolve) => {
        const call = client.append((error) => resolve(error?.code));
        call.on('error', () => undefined);
        const options = new AppendReq.Options().setStreamIdentifier(named('lead-1')).setAny(new shared.Empty());
        call.write(new AppendReq().setOptions(options));
      });
      const call = client.batchAppend();
      const many = new Promise<number | undefined>((resolve) =>
        call.on('error', ({ code }: { code?: number }) => resolve(code)),
      );
      call.resume();
      const options = new BatchAppendReq.Options().setStreamIdentifier(named('lead-1')).setAny(new empty.Empty());
      call.write(new BatchAppendReq().setCorrelationId(new shared.UUID().setString('a')).setOptions(options));
      // Answered behind what both calls have said so far.
      const last = new BatchAppendReq().setCorrelationId(new shared.UUID().setString('b')).setIsFinal(true);
      call.write(last);
      await once(call, 'data');
      return [one, many];
    };

    it('is told that the server is unavailable, and not written', async () => {
      const told = await begun();
      await on.stop();
      expect(await Promise.all(told)).toEqual([status.UNAVAILABLE, status.UNAVAILABLE]);
      expect(await on.store.head()).toBe(0);
      await on.restart();
    });
  });

  describe('many over one call', () => {
    let call: ClientDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;
    const answers: streams.BatchAppendResp[] = [];

    beforeEach(() => {
      answers.length = 0;
      call = client.batchAppend();
      call.on('data', (answer: streams.BatchAppendResp) => answers.push(answer));
      call.on('error', () => undefined);
    });
    afterEach(() => call.cancel());

    const correlation = (id: string) => new shared.UUID().setString(id);
    const options = (stream = 'lead-1') =>
      new BatchAppendReq.Options().setStreamIdentifier(named(stream)).setAny(new empty.Empty());
    const event = () => {
      const message = new BatchAppendReq.ProposedMessage().setId(correlation(newId()));
      message.getMetadataMap().set('type', 'Sent').set('content-type', 'application/json');
      return message;
    };
    const chunk = (id: string, count: number, final: boolean, said?: streams.BatchAppendReq.Options) =>
      new BatchAppendReq()
        .setCorrelationId(correlation(id))
        .setProposedMessagesList(Array.from({ length: count }, event))
        .setIsFinal(final)
        .setOptions(said);
    async function answered(count: number) {
      while (answers.length < count) await once(call, 'data');
      return answers.map((answer) => [
        answer.getCorrelationId()!.getString(),
        answer.getSuccess()?.getCurrentRevision() ?? answer.getError()!.getDetails()!.getTypeName().split('.').at(-1),
      ]);
    }

    it('keeps apart what comes in between', async () => {
      call.write(chunk('a', 2, false, options()));
      call.write(chunk('b', 1, false, options('lead-2')));
      call.write(chunk('a', 1, true));
      call.write(chunk('b', 1, true));
      expect((await answered(2)).toSorted()).toEqual([
        ['a', '2'],
        ['b', '1'],
      ]);
      call.end();
      await once(call, 'end');
      expect(await on.store.head()).toBe(5);
    });

    it('answers each that is wrong for itself and once, and goes on', async () => {
      const late = options().setDeadline(timestamp.Timestamp.fromDate(new Date(Date.now() - 1)));
      call.write(chunk('a', 1, true));
      call.write(chunk('b', 1, false, options('')));
      call.write(chunk('b', 1, true));
      call.write(chunk('c', 1, false, late));
      call.write(chunk('c', 1, true));
      call.write(chunk('d', 1, true, options('customer-1')));
      call.write(chunk('e', 0, true, options()).setProposedMessagesList([new BatchAppendReq.ProposedMessage()]));
      call.write(chunk('f', 1, true, options()));
      expect((await answered(6)).toSorted()).toEqual([
        ['a', 'BadRequest'],
        ['b', 'BadRequest'],
        ['c', 'Timeout'],
        ['d', 'AccessDenied'],
        ['e', 'BadRequest'],
        ['f', '0'],
      ]);
      expect(await on.store.head()).toBe(1);
      expect(await on.reports()).toEqual([]);
    });

    it('lets a caller begin so many and no more', async () => {
      const ids = Array.from({ length: 66 }, (_, index) => `a${index}`);
      for (const id of ids) call.write(chunk(id, 1, false, options()));
      expect(await answered(2)).toEqual([
        ['a64', 'BadRequest'],
        ['a65', 'BadRequest'],
      ]);
      for (const id of ids.slice(0, 64)) call.write(chunk(id, 1, true));
      expect(await answered(66)).toHaveLength(66);
      expect(await on.store.head()).toBe(128);
    });

    it('writes them in the order in which they came, whatever is known of their streams', async () => {
      const streams = Array.from({ length: 60 }, (_, index) =>
        index % 3 === 1 ? `$$lead-${index - 1}` : `lead-${index}`,
      );
      streams.forEach((stream, index) => call.write(chunk(`a${index}`, 1, true, options(stream))));
      await answered(streams.length);
      const { events } = await on.store.readLog({ after: 0 });
      expect(events.map(({ stream }) => stream)).toEqual(streams);
    });

    it('answers what it was told before the caller ended', async () => {
      for (let each = 0; each < 300; each += 1) call.write(chunk(`a${each}`, 1, true, options()));
      call.end();
      await once(call, 'end');
      expect(answers).toHaveLength(300);
      expect(await on.store.head()).toBe(300);
    });
  });
});

import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { credentials, status } from '@grpc/grpc-js';
import type { ForeignEvent } from '../../libs/event-store/event-store.js';
import { newId } from '../../libs/ids.js';
import { event } from '../support/events.js';
import { clients, Endpoint } from './endpoint.js';

const { ReadReq } = streams;
const { Options } = ReadReq;
const nothing = new shared.Empty();

/** What the protocol allows and neither of the clients says. */
describe('the protocol itself', () => {
  const on = new Endpoint(clients[0]!);
  const happened = event('Happened', {}, { id: '01890f5a-0000-7000-8000-ffff00000001' });
  let client: streamsService.StreamsClient;

  beforeAll(async () => {
    await on.open();
    await on.append('customer-1', [happened, event(), event()]);
    client = new streamsService.StreamsClient(new URL(on.url).host, credentials.createInsecure());
  });
  afterAll(async () => {
    client.close();
    await on.close();
  });

  const stream = (place: (of: streams.ReadReq.Options.StreamOptions) => unknown) => {
    const options = new Options.StreamOptions().setStreamIdentifier(
      new shared.StreamIdentifier().setStreamName(Buffer.from('customer-1')),
    );
    place(options);
    return new Options().setStream(options);
  };

  async function read(options?: streams.ReadReq.Options): Promise<streams.ReadResp[]> {
    const call = client.read(new ReadReq().setOptions(options));
    const found: streams.ReadResp[] = [];
    call.on('data', (each: streams.ReadResp) => found.push(each));
    await once(call, 'end');
    return found;
  }

  const revisions = async (options: streams.ReadReq.Options) =>
    (await read(options.setCount('10'))).map((each) => each.getEvent()!.getEvent()!.getStreamRevision());

  it('has nothing after the end, and one event at the start', async () => {
    const { BACKWARDS } = Options.ReadDirection;
    expect(await revisions(stream((of) => of.setEnd(nothing)))).toEqual([]);
    expect(await revisions(stream((of) => of.setStart(nothing)).setReadDirection(BACKWARDS))).toEqual(['0']);
    expect(await revisions(new Options().setAll(new Options.AllOptions().setEnd(nothing)))).toEqual([]);
    const start = new Options().setAll(new Options.AllOptions().setStart(nothing));
    expect(await revisions(start.setReadDirection(BACKWARDS))).toEqual([]);
  });

  it('counts in 64 bits without sign', async () => {
    const last = (2n ** 64n - 1n).toString();
    const { BACKWARDS } = Options.ReadDirection;
    expect(await revisions(stream((of) => of.setRevision(last)).setReadDirection(BACKWARDS))).toEqual(['2', '1', '0']);
    expect(await revisions(stream((of) => of.setRevision(last)))).toEqual([]);
    const at = new Options.Position().setCommitPosition(last).setPreparePosition(last);
    const end = new Options().setAll(new Options.AllOptions().setPosition(at));
    expect(await revisions(end.setReadDirection(BACKWARDS))).toEqual(['2', '1', '0']);
  });

  it('writes ids as two numbers for who asks for that', async () => {
    const structured = new Options.UUIDOption().setStructured(nothing);
    const [found] = await read(
      stream((of) => of.setStart(nothing))
        .setCount('1')
        .setUuidOption(structured),
    );
    const id = found!.getEvent()!.getEvent()!.getId()!.getStructured()!;
    expect(BigInt.asUintN(64, BigInt(id.getMostSignificantBits())).toString(16)).toBe('1890f5a00007000');
    expect(BigInt.asUintN(64, BigInt(id.getLeastSignificantBits())).toString(16)).toBe('8000ffff00000001');
  });

  it('tells what it is in terms of time since 1970 in tenths of microseconds', async () => {
    const [recorded] = (await on.store.readStream('customer-1')).events;
    const [found] = await read(stream((of) => of.setStart(nothing)).setCount('1'));
    const created = found!.getEvent()!.getEvent()!.getMetadataMap().get('created');
    expect(created).toBe(`${Date.parse(recorded!.recordedAt)}0000`);
  });

  it('filters what is read, in both directions, and counts what it lets through', async () => {
    const types = new Options.FilterOptions.Expression().setPrefixList(['Happ']);
    const log = () =>
      new Options()
        .setAll(new Options.AllOptions().setStart(nothing))
        .setFilter(new Options.FilterOptions().setEventType(types));
    expect(await revisions(log())).toEqual(['0', '1', '2']);
    expect(await read(log().setCount('2'))).toHaveLength(2);
    const back = log().setReadDirection(Options.ReadDirection.BACKWARDS);
    back.setAll(new Options.AllOptions().setEnd(nothing));
    expect(await revisions(back)).toEqual(['2', '1', '0']);
    types.setPrefixList([]).setRegex('^Other');
    expect(await revisions(log())).toEqual([]);
    expect(await revisions(back)).toEqual([]);
  });

  it('refuses what does not say what to read', async () => {
    const refused = { code: status.INVALID_ARGUMENT };
    await expect(read()).rejects.toMatchObject(refused);
    await expect(read(new Options())).rejects.toMatchObject(refused);
    await expect(read(new Options().setStream(new Options.StreamOptions()))).rejects.toMatchObject(refused);
    const all = new Options().setAll(new Options.AllOptions().setStart(nothing)).setCount('1');
    await expect(read(all.setFilter(new Options.FilterOptions()))).rejects.toMatchObject(refused);
    expect(await on.reports()).toEqual([]);
  });

  describe('tells readers that want to know where what they read begins and ends', () => {
    const ends = async (options: streams.ReadReq.Options, version = 1) =>
      (await read(options.setControlOption(new Options.ControlOption().setCompatibility(version)).setCount('10'))).map(
        (each) => {
          if (each.hasFirstStreamPosition()) return `first ${each.getFirstStreamPosition()}`;
          if (each.hasLastStreamPosition()) return `last ${each.getLastStreamPosition()}`;
          if (each.hasLastAllStreamPosition()) return `last ${each.getLastAllStreamPosition()!.getCommitPosition()}`;
          return each.hasEvent() ? 'event' : 'missing';
        },
      );

    it('of a stream, also where nothing of it is read', async () => {
      expect(await ends(stream((of) => of.setStart(nothing)))).toEqual(['event', 'event', 'event', 'last 2']);
      expect(await ends(stream((of) => of.setStart(nothing)).setCount('10'), 0)).toEqual(['event', 'event', 'event']);
      expect(await ends(stream((of) => of.setRevision('9')))).toEqual(['first 0', 'last 2']);
      const { BACKWARDS } = Options.ReadDirection;
      expect(await ends(stream((of) => of.setEnd(nothing)).setReadDirection(BACKWARDS))).toEqual([
        'event',
        'event',
        'event',
        'last 2',
      ]);
    });

    it('of the log', async () => {
      const log = () => new Options().setAll(new Options.AllOptions().setStart(nothing));
      expect(await ends(log())).toEqual(['event', 'event', 'event', 'last 3']);
      const at = new Options.Position().setCommitPosition('9').setPreparePosition('9');
      expect(await ends(new Options().setAll(new Options.AllOptions().setPosition(at)))).toEqual(['last 3']);
    });

    it('of a stream that shows nothing any more, and not of one that is not there', async () => {
      const truncated: ForeignEvent = {
        id: newId(),
        type: '$metadata',
        foreign: { contentType: 'application/json', data: Buffer.from('{"$tb":3}'), metadata: Buffer.alloc(0) },
      };
      await on.store.append('$$customer-1', 'any', [truncated]);
      expect(await ends(stream((of) => of.setStart(nothing)))).toEqual(['first 3', 'last 2']);
      const other = new Options.StreamOptions()
        .setStart(nothing)
        .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from('customer-2')));
      expect(await ends(new Options().setStream(other))).toEqual(['missing']);
    });
  });
});

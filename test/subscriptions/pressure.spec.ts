import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import persistentService from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { credentials, status } from '@grpc/grpc-js';
import { SubscriptionServer } from '../../libs/subscriptions/subscription-server.js';
import { event } from '../support/events.js';
import { folder } from '../support/folder.js';
import { sqliteStore } from '../support/stores.js';

const STREAM = 'customer-1';
const HEAVY = 128 * 1024;
const named = () => new shared.StreamIdentifier().setStreamName(Buffer.from(STREAM));

/** Callers that do not take what they are sent, or ask for more than one may have. */
describe('under pressure', () => {
  let store: ReturnType<typeof sqliteStore>;
  let server: SubscriptionServer;
  let consumers: persistentService.PersistentSubscriptionsClient;
  let readers: streamsService.StreamsClient;

  beforeEach(async () => {
    store = sqliteStore({ durability: 'normal' });
    const groups = join(folder(), 'groups.db');
    server = new SubscriptionServer({ store, groups, report: () => undefined, mostCalls: 4 });
    const { host } = new URL(await server.listen('127.0.0.1', 0));
    consumers = new persistentService.PersistentSubscriptionsClient(host, credentials.createInsecure());
    readers = new streamsService.StreamsClient(host, credentials.createInsecure());
  });
  afterEach(async () => {
    consumers.close();
    readers.close();
    await server.stop();
    await store.close();
  });

  async function heavy(count: number): Promise<void> {
    const text = 'x'.repeat(HEAVY);
    for (let each = 0; each < count; each += 25) {
      await store.append(
        STREAM,
        'any',
        Array.from({ length: Math.min(25, count - each) }, () => event('Heavy', { text })),
      );
    }
  }

  /** A consumer that has room for a thousand events and acknowledges none. */
  async function consumer() {
    const settings = new persistent.CreateReq.Settings()
      .setMaxRetryCount(10)
      .setReadBatchSize(20)
      .setHistoryBufferSize(500)
      .setMessageTimeoutMs(0);
    const of = new persistent.CreateReq.StreamOptions().setStreamIdentifier(named()).setStart(new shared.Empty());
    const options = new persistent.CreateReq.Options().setGroupName('g').setSettings(settings).setStream(of);
    await new Promise<void>((resolve, reject) => {
      consumers.create(new persistent.CreateReq().setOptions(options), (error) => (error ? reject(error) : resolve()));
    });
    const call = consumers.read();
    call.on('error', () => undefined);
    const asked = new persistent.ReadReq.Options().setGroupName('g').setBufferSize(1_000).setStreamIdentifier(named());
    call.write(new persistent.ReadReq().setOptions(asked));
    return call;
  }

  const held = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const options = new persistent.GetInfoReq.Options().setGroupName('g').setStreamIdentifier(named());
      consumers.getInfo(new persistent.GetInfoReq().setOptions(options), (error, answer) =>
        error ? reject(error) : resolve(answer.getSubscriptionInfo()!.getTotalInFlightMessages()),
      );
    });
  async function settled(): Promise<number> {
    for (let before = -1; ; await sleep(150)) {
      const now = await held();
      if (now === before && now > 0) return now;
      before = now;
    }
  }

  it('a consumer that stops reading is given what its connection takes, and the rest when it reads on', async () => {
    await heavy(400);
    const call = await consumer();
    await once(call, 'data');
    call.pause();
    // A quarter of a mebibyte waits here, and some is on its way or has arrived.
    expect(await settled()).toBeLessThan(40);
    let found = 0;
    call.on('data', (given: persistent.ReadResp) => (found += given.hasEvent() ? 1 : 0));
    call.resume();
    while (found < 100) await once(call, 'data');
    call.cancel();
  }, 30_000);

  it('a consumer that acknowledges nothing holds sixteen mebibytes at most', async () => {
    await heavy(400);
    const call = await consumer();
    const found: string[] = [];
    call.on('data', (given: persistent.ReadResp) => {
      if (given.hasEvent()) found.push(given.getEvent()!.getEvent()!.getId()!.getString());
    });
    const most = (16 * 1024 * 1024) / HEAVY;
    expect(await settled()).toBe(most);
    const ack = new persistent.ReadReq.Ack().setIdsList(found.slice(0, 3).map((id) => new shared.UUID().setString(id)));
    call.write(new persistent.ReadReq().setAck(ack));
    while (found.length < most + 3) await once(call, 'data');
    call.cancel();
  }, 30_000);

  it('a connection has so many calls at a time and no more', async () => {
    const { Options } = streams.ReadReq;
    const options = new Options().setAll(new Options.AllOptions().setStart(new shared.Empty()));
    options.setSubscription(new Options.SubscriptionOptions()).setNoFilter(new shared.Empty());
    const subscribe = () => readers.read(new streams.ReadReq().setOptions(options));
    const open = [subscribe(), subscribe(), subscribe(), subscribe()];
    for (const call of open) call.on('error', () => undefined);
    await Promise.all(open.map((call) => once(call, 'data')));
    const [refused] = (await once(subscribe(), 'error')) as [{ code: number }];
    expect(refused.code).toBe(status.RESOURCE_EXHAUSTED);
    open[0]!.cancel();
    for (let code = 8; code === status.RESOURCE_EXHAUSTED;) {
      const call = subscribe();
      code = await new Promise<number>((resolve) => {
        call.on('error', (error: { code: number }) => resolve(error.code));
        call.once('data', () => resolve(status.OK));
      });
      call.cancel();
    }
    for (const call of open) call.cancel();
  });
});

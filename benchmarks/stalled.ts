import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import persistentService from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { credentials } from '@grpc/grpc-js';
import { EsdbClient } from '../libs/event-store/esdb/client.js';
import { esdbAddress } from '../libs/event-store/esdb/url.js';
import { newId } from '../libs/ids.js';
import { Child } from './child.js';
import type { Measurement } from './measure.js';
import type { Workspace } from './workspace.js';

const CONSUMERS = 16;
const EVENTS = 500;
const EVENT_BYTES = 128 * 1024;
/** How long consumers are given events before the memory is looked at, in milliseconds. */
const GIVEN = 3_000;

/** What consumers that stop reading make the endpoint hold, each in a group of its own and with room for all events. */
export const stalled: Measurement = {
  name: 'stalled',
  async run({ workspace, rounds: count }) {
    const values: number[] = [];
    for (let round = 0; round < count; round += 1) values.push(await grown(workspace));
    return [
      {
        name: `memory for ${CONSUMERS} consumers that stop reading`,
        unit: 'MB',
        values,
        target: { of: 'value', atMost: CONSUMERS * 16 },
        eventBytes: EVENT_BYTES,
        note: `each has room for all ${EVENTS} events, ${Math.round((CONSUMERS * EVENTS * EVENT_BYTES) / 1e6)} MB in all`,
      },
    ];
  },
};

/** How much more resident memory the server has, in MB. */
async function grown(workspace: Workspace): Promise<number> {
  const server = new Child<'memory', number | string>('subscribed-server', workspace.folder());
  const url = (await server.answer()) as string;
  const client = new EsdbClient(esdbAddress(url), 10_000);
  const consumers = new persistentService.PersistentSubscriptionsClient(
    new URL(url).host,
    credentials.createInsecure(),
  );
  try {
    const data = { text: 'x'.repeat(EVENT_BYTES) };
    for (let each = 0; each < EVENTS; each += 1) {
      await client.append('sent-1', 'any', [{ id: newId(), type: 'Sent', data, metadata: {} }]);
    }
    const before = (await server.ask('memory')) as number;
    for (let each = 0; each < CONSUMERS; each += 1) await stall(consumers, `group-${each}`);
    await sleep(GIVEN);
    return (((await server.ask('memory')) as number) - before) / 1e6;
  } finally {
    consumers.close();
    await client.close();
    await server.stop();
  }
}

/** Creates a group and joins it as a consumer that reads its confirmation and nothing else. */
async function stall(consumers: persistentService.PersistentSubscriptionsClient, group: string): Promise<void> {
  const stream = new shared.StreamIdentifier().setStreamName(Buffer.from('sent-1'));
  const of = new persistent.CreateReq.StreamOptions().setStreamIdentifier(stream).setStart(new shared.Empty());
  const settings = new persistent.CreateReq.Settings().setReadBatchSize(20).setHistoryBufferSize(EVENTS);
  const created = new persistent.CreateReq.Options().setGroupName(group).setSettings(settings).setStream(of);
  await new Promise<void>((resolve, reject) => {
    consumers.create(new persistent.CreateReq().setOptions(created), (error) => (error ? reject(error) : resolve()));
  });
  const call = consumers.read();
  call.on('error', () => undefined);
  const asked = new persistent.ReadReq.Options().setGroupName(group).setBufferSize(EVENTS).setStreamIdentifier(stream);
  call.write(new persistent.ReadReq().setOptions(asked));
  await once(call, 'data');
  call.pause();
}

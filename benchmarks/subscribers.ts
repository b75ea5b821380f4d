import { setTimeout as sleep } from 'node:timers/promises';
import { EsdbClient } from '../libs/event-store/esdb/client.js';
import { esdbAddress } from '../libs/event-store/esdb/url.js';
import { newId } from '../libs/ids.js';
import { Child } from './child.js';
import type { Measurement } from './measure.js';
import { seconds } from './measure.js';
import type { Workspace } from './workspace.js';

const SUBSCRIBERS = 1_000;
const APPENDS = 400;
/** What a subscriber is told before the first event: that it is confirmed, and that it has caught up. */
const TOLD_BEFORE = 2;

interface Round {
  /** Appends a second, one after the other. */
  readonly appends: number;
  /** How long after the last append every subscriber had it, in milliseconds. */
  readonly behind: number;
}

/** Appends through the endpoint while subscribers of the whole log are sent each of them, against appends without subscribers. */
export const subscribers: Measurement = {
  name: 'subscribers',
  async run({ workspace, rounds: count }) {
    const alone: Round[] = [];
    const followed: Round[] = [];
    for (let round = 0; round < count; round += 1) {
      alone.push(await appended(workspace, 0));
      followed.push(await appended(workspace, SUBSCRIBERS));
    }
    return [
      {
        name: `appends one after the other, ${SUBSCRIBERS.toLocaleString('en')} subscribers of $all`,
        unit: 'events/s',
        values: followed.map(({ appends }) => appends),
        ceiling: { name: 'no subscribers', values: alone.map(({ appends }) => appends) },
        target: { of: 'ratio', atLeast: 0.5 },
        durability: 'full',
      },
      { name: 'until all of them have the last', unit: 'ms', values: followed.map(({ behind }) => behind) },
    ];
  },
};

async function appended(workspace: Workspace, count: number): Promise<Round> {
  const server = new Child<'memory', string>('subscribed-server', workspace.folder());
  const url = await server.answer();
  const client = new EsdbClient(esdbAddress(url), 10_000);
  const following = count > 0 ? new Child<'count', number>('subscribers.program', url, String(count)) : undefined;
  const sent = async (events: number) => {
    while (following && (await following.ask('count')) < count * (TOLD_BEFORE + events)) await sleep(5);
  };
  try {
    await client.append('sent-1', 'any', [event()]);
    await sent(1);
    const taken = await seconds(async () => {
      for (let each = 0; each < APPENDS; each += 1) await client.append('sent-1', 'any', [event()]);
    });
    const behind = await seconds(() => sent(APPENDS + 1));
    return { appends: APPENDS / taken, behind: behind * 1_000 };
  } finally {
    await following?.stop();
    await client.close();
    await server.stop();
  }
}

const event = () => ({ id: newId(), type: 'Sent', data: { text: 'x'.repeat(300) }, metadata: {} });

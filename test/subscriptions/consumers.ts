import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PersistentSubscriptionToStream, ResolvedEvent } from '@eventstore/db-client';
import type { Endpoint } from './endpoint.js';

export type Given = ResolvedEvent & { readonly retryCount: number };
export type Subscription = PersistentSubscriptionToStream;

/** One who takes events off a group, and what it was given. */
export interface Consumer {
  readonly subscription: Subscription;
  readonly given: Given[];
}

/** The stream that groups are on. */
export const stream = 'customer-1';

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10);
}

/** Waits until a consumer was given so many. */
export const enough = ({ given }: Consumer, count: number): Promise<void> => until(() => given.length >= count);

/** Groups and consumers of them at an endpoint. */
export function groupsAt(on: Endpoint) {
  const settings = (over: object = {}) =>
    on.tools.persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: 'start', checkPointAfter: 20, ...over });
  const allSettings = (over: object = {}) =>
    on.tools.persistentSubscriptionToAllSettingsFromDefaults({ startFrom: 'start', checkPointAfter: 20, ...over });
  const create = (over: object = {}) => on.client.createPersistentSubscriptionToStream(stream, 'g', settings(over));
  const info = () => on.client.getPersistentSubscriptionToStreamInfo(stream, 'g');

  async function consume(
    deal: (subscription: Subscription, event: Given) => unknown = (subscription, given) => subscription.ack(given),
    { group = 'g', bufferSize = 10, client = on.client } = {},
  ): Promise<Consumer> {
    const subscription = client.subscribeToPersistentSubscriptionToStream(stream, group, { bufferSize });
    return consumerOf(subscription, deal);
  }

  async function consumerOf(
    subscription: Subscription,
    deal: (subscription: Subscription, event: Given) => unknown,
  ): Promise<Consumer> {
    const given: Given[] = [];
    subscription.on('data', (each) => {
      given.push(each as Given);
      void deal(subscription, each as Given);
    });
    await once(subscription, 'confirmation');
    return { subscription, given };
  }

  const checkpointed = async () => (await info()).stats.lastCheckpointedEventRevision;

  return { settings, allSettings, create, info, consume, consumerOf, checkpointed };
}

import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../libs/config.js';
import { deciders } from '../../apps/program/contexts.js';
import { Subscriptions } from '../../apps/program/subscriptions.js';
import { createLogger } from '../../libs/observability/logger.js';
import { certificates } from '../support/certificates.js';
import { folder } from '../support/folder.js';
import { sqliteStore } from '../support/stores.js';
import { groupsAt } from './consumers.js';
import { all, forEachClient, placesOf, take } from './endpoint.js';
import type { Secured } from './server.thread.js';
import { sent } from './sent.js';

const place = folder();
const { trusted, certificate, key } = await certificates(place);
const login = { user: 'reader', password: 'changed-it' };
const secured: Secured = { certificate, key, login };

forEachClient(
  (on) => {
    const url = ({ user, password } = login) =>
      on.url.replace('//', `//${user}:${password}@`) + `&tlsCAFile=${encodeURIComponent(trusted)}`;
    const anonymous = () => `${on.url}&tlsCAFile=${encodeURIComponent(trusted)}`;
    const denied = () => ({ type: on.tools.ErrorType.ACCESS_DENIED });

    it('serves who says the right password over TLS', async () => {
      expect(on.url).toMatch(/^esdb:\/\/127\.0\.0\.1:\d+\?tls=true$/);
      for (const found of [url(), url().replace('esdb:', 'esdb+discover:')]) {
        const client = on.connect(found);
        const before = await on.store.head();
        await client.appendToStream('lead-1', sent(on, 1));
        expect(await all(client.readStream('lead-1'))).toHaveLength(before + 1);
        const subscription = client.subscribeToAll();
        expect(await take(subscription, before + 1)).toHaveLength(before + 1);
        await subscription.unsubscribe();
      }
      expect(await on.reports()).toEqual([]);
    });

    it('serves nobody who says another one, or none', async () => {
      const others = [url({ ...login, password: 'changed-i' }), url({ ...login, user: 'reade' })];
      for (const other of [...others, anonymous()]) {
        const client = on.connect(other);
        await expect(client.appendToStream('lead-1', sent(on, 1))).rejects.toMatchObject(denied());
        await expect(all(client.readStream('lead-1'))).rejects.toMatchObject(denied());
        await expect(all(client.readAll())).rejects.toMatchObject(denied());
        await expect(client.deleteStream('lead-1')).rejects.toMatchObject(denied());
        await expect(client.listAllPersistentSubscriptions()).rejects.toMatchObject(denied());
      }
      expect(await on.store.head()).toBe(0);
    });

    it('knows consumers by the name they have logged in with', async () => {
      const client = on.connect(url());
      const { settings } = groupsAt(on);
      await client.createPersistentSubscriptionToStream('lead-1', 'g', settings());
      const consumer = client.subscribeToPersistentSubscriptionToStream('lead-1', 'g').resume();
      await once(consumer, 'confirmation');
      const { connections } = await client.getPersistentSubscriptionToStreamInfo('lead-1', 'g');
      expect(connections).toMatchObject([{ username: login.user }]);
      await consumer.unsubscribe();
    });

    it('takes the password of a call before that of the connection', async () => {
      const client = on.connect(anonymous());
      const credentials = { username: login.user, password: login.password };
      await client.appendToStream('lead-1', sent(on, 1), { credentials });
      expect(placesOf(await all(client.readStream('lead-1', { credentials })))).toEqual(['lead-1@0']);
      const wrong = { credentials: { ...credentials, password: 'other' } };
      await expect(on.connect(url()).appendToStream('lead-1', sent(on, 1), wrong)).rejects.toMatchObject(denied());
    });
  },
  ['customer'],
  secured,
);

describe('the settings', () => {
  const listening = (over: Parameters<typeof readConfig>[0]) => {
    const config = readConfig({
      EVENT_STORE_URL: `sqlite:${join(folder(), 'events.db')}`,
      SUBSCRIPTIONS_PORT: 0,
      ...over,
    });
    const store = sqliteStore();
    const endpoint = new Subscriptions(store, config, createLogger('silent'), deciders);
    return endpoint.listen().finally(async () => {
      await endpoint.stop();
      await store.close();
    });
  };
  const tls = { SUBSCRIPTIONS_CERTIFICATE: certificate, SUBSCRIPTIONS_KEY: key };
  const who = { SUBSCRIPTIONS_USER: 'reader', SUBSCRIPTIONS_PASSWORD: 'secret' };

  it('let it listen beyond loopback with a certificate and a password only', async () => {
    const SUBSCRIPTIONS_HOST = '0.0.0.0';
    for (const half of [{}, tls]) {
      await expect(listening({ SUBSCRIPTIONS_HOST, ...half })).rejects.toMatchObject({ code: 'listen-unsafe' });
    }
    expect(await listening({ SUBSCRIPTIONS_HOST, ...tls, ...who })).toMatch(/^esdb:\/\/0\.0\.0\.0:\d+\?tls=true$/);
  });

  it('are refused where they are half of what is needed, or not what they should be', async () => {
    const wrong = [
      { SUBSCRIPTIONS_CERTIFICATE: certificate },
      { SUBSCRIPTIONS_KEY: key },
      { ...tls, SUBSCRIPTIONS_USER: 'reader' },
      { ...tls, SUBSCRIPTIONS_PASSWORD: 'secret' },
      who,
      { ...tls, SUBSCRIPTIONS_KEY: join(place, 'none.key') },
      { ...tls, SUBSCRIPTIONS_KEY: certificate },
    ];
    for (const each of wrong) {
      await expect(listening(each)).rejects.toMatchObject({ code: 'configuration-invalid', status: 400 });
    }
  });
});

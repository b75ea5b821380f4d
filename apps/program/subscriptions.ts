import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { fileOf, isFile } from '../../libs/config.js';
import type { Config } from '../../libs/config.js';
import { Invalid } from '../../libs/errors.js';
import { withoutLogin } from '../../libs/event-store/esdb/url.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import type { Logger } from '../../libs/observability/logger.js';
import type { Login, Tls } from '../../libs/subscriptions/access.js';
import type { SubscriptionServer } from '../../libs/subscriptions/subscription-server.js';
import type { Parts } from './contexts.js';

/** @throws Invalid `configuration-invalid` for incomplete settings */
function securityOf(config: Config): { readonly tls?: Tls; readonly login?: Login } {
  const { SUBSCRIPTIONS_CERTIFICATE, SUBSCRIPTIONS_KEY, SUBSCRIPTIONS_USER, SUBSCRIPTIONS_PASSWORD } = config;
  const [certificate, key] = [SUBSCRIPTIONS_CERTIFICATE, SUBSCRIPTIONS_KEY];
  const [user, password] = [SUBSCRIPTIONS_USER, SUBSCRIPTIONS_PASSWORD];
  if ((certificate === '') !== (key === '')) throw wrong('SUBSCRIPTIONS_CERTIFICATE and SUBSCRIPTIONS_KEY go together');
  if ((user === '') !== (password === '')) throw wrong('SUBSCRIPTIONS_USER and SUBSCRIPTIONS_PASSWORD go together');
  if (certificate === '') {
    if (user !== '')
      throw wrong('SUBSCRIPTIONS_PASSWORD takes SUBSCRIPTIONS_CERTIFICATE: clients do not say it in the open');
    return {};
  }
  const tls = {
    certificate: contents('SUBSCRIPTIONS_CERTIFICATE', certificate),
    key: contents('SUBSCRIPTIONS_KEY', key),
  };
  try {
    createSecureContext({ cert: tls.certificate, key: tls.key });
  } catch (error) {
    throw wrong(`SUBSCRIPTIONS_CERTIFICATE and SUBSCRIPTIONS_KEY are no pair: ${(error as Error).message}`);
  }
  return { tls, ...(user !== '' && { login: { user, password } }) };
}

function contents(setting: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw wrong(`${setting} cannot be read: ${(error as Error).message}`);
  }
}

const wrong = (problem: string): Invalid =>
  new Invalid('configuration-invalid', `The configuration is wrong: ${problem}.`, { problems: [problem] });

/** The subscription endpoint. The protocol is loaded on demand, since most commands do not need it. */
export class Subscriptions {
  #server: SubscriptionServer | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly config: Config,
    private readonly logger: Logger,
    private readonly deciders: Parts['deciders'],
  ) {}

  /**
   * Starts the subscription endpoint.
   * @returns the address for subscribers: this endpoint, or the log's own server; `null` when the settings switch it off
   * @throws Refusal `listen-unsafe` · `port-in-use` · `configuration-invalid`
   */
  async listen(): Promise<string | null> {
    const { SUBSCRIPTIONS_HOST, SUBSCRIPTIONS_PORT, SUBSCRIPTIONS_APPEND, EVENT_STORE_URL } = this.config;
    if (SUBSCRIPTIONS_PORT === 'off') return null;
    if (!isFile(EVENT_STORE_URL)) return withoutLogin(EVENT_STORE_URL);
    const { SubscriptionServer } = await import('../../libs/subscriptions/subscription-server.js');
    this.#server = new SubscriptionServer({
      store: this.store,
      groups: fileOf(EVENT_STORE_URL).replace(/(\.db)?$/, '-groups.db'),
      report: (what, details) => this.logger.error(details, what),
      ...(SUBSCRIPTIONS_APPEND === 'on' && { appending: { guarded: this.deciders.map(({ category }) => category) } }),
      ...securityOf(this.config),
    });
    return this.#server.listen(SUBSCRIPTIONS_HOST, SUBSCRIPTIONS_PORT);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}

import { fileOf, isFile } from '../../libs/config.js';
import type { Config } from '../../libs/config.js';
import { withoutLogin } from '../../libs/event-store/esdb-url.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import type { Logger } from '../../libs/observability/logger.js';
import type { SubscriptionServer } from '../../libs/subscriptions/subscription-server.js';

/** The subscription endpoint. Its protocol is loaded when it is to listen, since most commands do without it. */
export class Subscriptions {
  #server: SubscriptionServer | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly config: Config,
    private readonly logger: Logger,
  ) {}

  /**
   * Where subscribers find the log: at this endpoint, or where the log is a server at that, which needs nobody in between;
   * `null` when the settings switch it off.
   * @throws Refusal `listen-unsafe` · `port-in-use`
   */
  async listen(): Promise<string | null> {
    const { HOST, SUBSCRIPTIONS_PORT, EVENT_STORE_URL } = this.config;
    if (SUBSCRIPTIONS_PORT === 'off') return null;
    if (!isFile(EVENT_STORE_URL)) return withoutLogin(EVENT_STORE_URL);
    const { SubscriptionServer } = await import('../../libs/subscriptions/subscription-server.js');
    this.#server = new SubscriptionServer({
      store: this.store,
      groups: fileOf(EVENT_STORE_URL).replace(/(\.db)?$/, '-groups.db'),
      report: (what, details) => this.logger.error(details, what),
    });
    return this.#server.listen(HOST, SUBSCRIPTIONS_PORT);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}

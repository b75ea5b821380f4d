import { serve } from '../program/serve.js';
import { withoutLogin } from '../../libs/event-store/esdb/url.js';
import { configOf } from './contexts.js';
import { port, portOrOff } from './options.js';
import type { Common } from './options.js';
import type { Define } from './session.js';

interface StartOptions extends Common {
  readonly port?: number;
  readonly subscriptionsPort?: number | 'off';
  readonly allowAppend?: true;
}

export const define: Define = (command, begin) => {
  command
    .option('--port <number>', 'port to listen on, 0 for any that is free (default: PORT, or 3000)', port)
    .option(
      '--subscriptions-port <number>',
      'port for clients of EventStoreDB, 0 for any that is free, or off (default: SUBSCRIPTIONS_PORT, or 2113)',
      portOrOff,
    )
    .option(
      '--allow-append',
      'clients of EventStoreDB may append to streams of their own (default: SUBSCRIPTIONS_APPEND)',
    )
    .action(async (options: StartOptions) => {
      const { output } = begin(options);
      const config = configOf(options, {
        ...(options.port !== undefined && { PORT: options.port }),
        ...(options.subscriptionsPort !== undefined && { SUBSCRIPTIONS_PORT: options.subscriptionsPort }),
        ...(options.allowAppend && { SUBSCRIPTIONS_APPEND: 'on' }),
      });
      const { url, subscriptions } = await serve(config, 'annals start');
      output.answer({ url, subscriptions, data: withoutLogin(config.EVENT_STORE_URL), pid: process.pid }, () =>
        [
          `listening on ${url}, documented at ${url}/docs`,
          ...(subscriptions ? [`subscriptions at ${subscriptions}, for clients of EventStoreDB`] : []),
        ].join('\n'),
      );
      // Nest answers what it was asked, closes what is open and passes the signal on, which ends the process.
      await new Promise<never>(() => undefined);
    });
};

import { serve } from '../api/serve.js';
import { configOf } from './contexts.js';
import { port } from './options.js';
import type { Common } from './options.js';
import type { Define } from './session.js';

export const define: Define = (command, begin) => {
  command
    .option('--port <number>', 'port to listen on, 0 for any that is free (default: PORT, or 3000)', port)
    .action(async (options: Common & { readonly port?: number }) => {
      const { output } = begin(options);
      const config = configOf(options, options.port === undefined ? {} : { PORT: options.port });
      const { url } = await serve(config, 'annals start');
      output.answer(
        { url, data: config.EVENT_STORE_URL, pid: process.pid },
        () => `listening on ${url}, documented at ${url}/docs`,
      );
      // Nest answers what it was asked, closes what is open and passes the signal on, which ends the process.
      await new Promise<never>(() => undefined);
    });
};

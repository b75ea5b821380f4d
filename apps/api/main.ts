import { readConfig } from '../../libs/config.js';
import { Refusal } from '../../libs/errors.js';
import { serve } from '../program/serve.js';

/** The API as a process of its own; `annals start` runs the same. */
try {
  const { url, subscriptions } = await serve(readConfig(), 'annals api');
  process.stderr.write(`listening on ${url}\n${subscriptions ? `subscriptions at ${subscriptions}\n` : ''}`);
} catch (error) {
  process.stderr.write(error instanceof Refusal ? `${error.code}: ${error.message}\n` : `${(error as Error).stack}\n`);
  process.exit(1);
}

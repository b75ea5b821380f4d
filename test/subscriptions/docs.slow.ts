import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { SubscriptionServer } from '../../libs/subscriptions/subscription-server.js';
import { event } from '../support/events.js';
import { folder } from '../support/folder.js';
import { pythonWith } from '../support/installed.js';
import { sqliteStore } from '../support/stores.js';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/subscribing.md'), 'utf8');
const written = 'esdb://127.0.0.1:2113?tls=false';

/** The first example of a language, and what runs it; the packages it imports are found from the cache beside them. */
const consumers = [
  {
    language: 'ts',
    file: 'consumer.mjs',
    program: async () => process.execPath,
    said: ["1n customer-1 CustomerRegistered { name: 'Ada' }\n", '3n opportunity-1 OpportunityWon {}\n'],
  },
  {
    language: 'python',
    file: 'consumer.py',
    program: () => pythonWith('esdbclient', '1.1.7'),
    said: ["1 customer-1 CustomerRegistered {'name': 'Ada'}\n", '3 opportunity-1 OpportunityWon {}\n'],
  },
] as const;

let store: ReturnType<typeof sqliteStore>;
let server: SubscriptionServer;
let url: string;
let place: string;

beforeEach(async () => {
  store = sqliteStore();
  server = new SubscriptionServer({ store, groups: join(folder(), 'groups.db'), report: () => undefined });
  url = await server.listen('127.0.0.1', 0);
  place = mkdtempSync(join(root, 'node_modules/.cache/annals-docs-'));
});
afterEach(async () => {
  rmSync(place, { recursive: true });
  await server.stop();
  await store.close();
});

it.each(consumers)('the $language consumer of docs/subscribing.md consumes', async (consumer) => {
  const [, text] = new RegExp(`\`\`\`${consumer.language}\n(.*?)\`\`\``, 's').exec(page)!;
  const file = join(place, consumer.file);
  expect(text).toContain(written);
  writeFileSync(file, text!.replace(written, url));
  await store.append('customer-1', 'any', [event('CustomerRegistered', { name: 'Ada' })]);
  await store.append('task-1', 'any', [event('TaskCreated', {})]);

  const program = spawn(await consumer.program(), [file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONUNBUFFERED: '1' },
  });
  let said = '';
  const hears = async (words: string) => {
    while (!said.includes(words)) await new Promise((resolve) => program.stdout.once('data', resolve));
  };
  program.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  await hears(consumer.said[0]);
  await store.append('opportunity-1', 'any', [event('OpportunityWon', {})]);
  await hears(consumer.said[1]);
  program.kill();
  expect(said).not.toContain('TaskCreated');
});

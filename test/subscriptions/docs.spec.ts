import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { SubscriptionServer } from '../../libs/subscriptions/subscription-server.js';
import { event } from '../support/events.js';
import { folder } from '../support/folder.js';
import { sqliteStore } from '../support/stores.js';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/subscribing.md'), 'utf8');
const [, consumer] = /```ts\n(.*?)```/s.exec(page)!;

const store = sqliteStore();
const server = new SubscriptionServer({ store, groups: join(folder(), 'groups.db'), report: () => undefined });
let url: string;
let place: string;

beforeEach(async () => {
  url = await server.listen('127.0.0.1', 0);
  // Where packages are found.
  place = mkdtempSync(join(root, 'node_modules/.cache/annals-docs-'));
});
afterEach(async () => {
  rmSync(place, { recursive: true });
  await server.stop();
  await store.close();
});

it('the consumer of docs/subscribing.md consumes', async () => {
  const file = join(place, 'consumer.mjs');
  expect(consumer).toContain('esdb://127.0.0.1:2113?tls=false');
  writeFileSync(file, consumer!.replace('esdb://127.0.0.1:2113?tls=false', url));
  await store.append('customer-1', 'any', [event('CustomerRegistered', { name: 'Ada' })]);
  await store.append('task-1', 'any', [event('TaskCreated', {})]);

  const program = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const hears = async (words: string) => {
    while (!said.includes(words)) await new Promise((resolve) => program.stdout.once('data', resolve));
  };
  program.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  await hears("1n customer-1 CustomerRegistered { name: 'Ada' }\n");
  await store.append('opportunity-1', 'any', [event('OpportunityWon', {})]);
  await hears('3n opportunity-1 OpportunityWon {}\n');
  program.kill();
  expect(said).not.toContain('TaskCreated');
}, 20_000);

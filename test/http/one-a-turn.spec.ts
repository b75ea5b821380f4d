import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { OneATurn } from '../../libs/http/one-a-turn.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

it('work that comes at once is done in turns of its own, in order', async () => {
  const turns = new OneATurn();
  const seen: string[] = [];
  for (const name of ['a', 'b', 'c']) turns.add(() => seen.push(name));
  expect(seen).toEqual([]);
  for (let count = 1; count <= 3; count += 1) {
    await turn();
    expect(seen).toEqual(['a', 'b', 'c'].slice(0, count));
  }
});

it('work that comes during a turn waits for the next', async () => {
  const turns = new OneATurn();
  const seen: string[] = [];
  turns.add(() => turns.add(() => seen.push('later')));
  await turn();
  expect(seen).toEqual([]);
  await turn();
  expect(seen).toEqual(['later']);
  turns.add(() => seen.push('again'));
  await turn();
  expect(seen).toEqual(['later', 'again']);
});

// Large bodies that arrived together were all read before anything else was.
it('a small request is answered while large bodies wait to be read', async () => {
  const large = JSON.stringify({ kind: 'org', name: 'x'.repeat(100_000) });
  const answered: string[] = [];
  const bodies = Array.from({ length: 20 }, async () => {
    await app.post('/customers', large);
    answered.push('large');
  });
  const small = app.post('/customers', { kind: 'org' }).then(() => answered.push('small'));
  await Promise.all([...bodies, small]);
  expect(answered.slice(0, 20)).toContain('small');
  expect(answered.indexOf('small')).toBeLessThan(10);
});

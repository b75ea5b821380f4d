import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hostileBodies } from '../../benchmarks/hostile-bodies.js';
import { TestApp } from '../support/app.js';
import { document } from '../support/openapi.js';

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

interface Refused {
  readonly code: string;
  readonly errors?: readonly { readonly field: string; readonly messages: readonly string[] }[];
  readonly more?: number;
}
const refusalOf = async (path: string, body: unknown): Promise<Refused> =>
  (await app.post(path, body)).body as unknown as Refused;

/** Bytes: small, since there are two thousand of them. `npm run bench` sends the largest and says what they cost. */
const EACH = 61_000;
const commands = Map.groupBy(hostileBodies(document, EACH), ({ path }) => path);

describe('a body of any shape, sent to', () => {
  it.each([...commands])('%s, is refused in a short answer', async (path, bodies) => {
    for (const { shape, text } of bodies) {
      const { status, body } = await app.post(path, text);
      const { code, errors = [] } = body as unknown as Refused;
      expect({ shape, status, code }).toEqual({ shape, status: 400, code: 'validation-failed' });
      expect(errors.length).toBeLessThanOrEqual(20);
      expect(JSON.stringify(body).length).toBeLessThan(10_000);
    }
  });
});

// The time of each of these grew with the square of its size, to half a minute and more.
describe('the largest body there may be', () => {
  const registration = { kind: 'org', name: 'North Mill' };
  it.each([
    ['100,000 tags', { ...registration, tags: Array.from({ length: 100_000 }, (_, index) => `t${index}`) }],
    ['300,000 empty objects', { ...registration, acceptDuplicates: Array.from({ length: 300_000 }, () => ({})) }],
    ['an address of points', { ...registration, domain: `a@${'.'.repeat(1_000_000)}@` }],
  ])('of %s is refused with the one field that is wrong', async (_, body) => {
    expect((await refusalOf('/customers', body)).errors).toHaveLength(1);
  });
});

describe('of all that is wrong', () => {
  const registration = { kind: 'org', name: 'North Mill' };

  it('20 fields are listed, with how many more there are', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 8_000 }, (_, index) => [`f${index}`, 0]));
    const { errors, more } = await refusalOf('/customers', { ...registration, ...unknown });
    expect(errors).toHaveLength(20);
    expect(more).toBe(7_980);
  });

  it('what is found later counts too', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`f${index}`, 0]));
    expect(await refusalOf('/customers', { ...unknown, name: [], kind: 'dog' })).toMatchObject({ more: 7 });
  });

  it('a list that is too long is told its length, and nothing about its items', async () => {
    const acceptDuplicates = Array.from({ length: 300_000 }, () => ({}));
    expect(await refusalOf('/customers', { ...registration, acceptDuplicates })).toMatchObject({
      errors: [{ field: 'acceptDuplicates', messages: ['acceptDuplicates must contain no more than 100 elements'] }],
    });
  });

  it('a field is named where it lies, each once', async () => {
    const channels = [{ kind: 'email', value: 'a@example.org', colour: 'red' }, null, [], { kind: 'post', value: [] }];
    const { errors = [] } = await refusalOf('/customers/01970000-0000-7000-8000-00000000dead/contacts', {
      name: 'x'.repeat(10_001),
      channels,
    });
    expect(errors.map(({ field }) => field).sort()).toEqual([
      'channels.0.colour',
      'channels.1',
      'channels.2',
      'channels.3.value',
      'name',
    ]);
  });

  it('a name that is long is shortened', async () => {
    const { errors = [] } = await refusalOf('/customers', { ...registration, ['x'.repeat(900_000)]: 1 });
    expect(errors[0]!.field).toBe(`${'x'.repeat(100)}…`);
  });
});

// 16 of these at once held up everything else for seconds, and most of that was parsing.
describe('more fields than any form could have', () => {
  const fields = (count: number) => Array.from({ length: count }, (_, index) => `"${index}":0`).join(',');
  const nested = (count: number) => `{"kind":"org","name":[${'{"a":{"b":0}},'.repeat(count / 2)}0]}`;
  it.each([
    ['10,000 are read', `{${fields(10_000)}}`, 'validation-failed'],
    ['10,001 are not', `{${fields(10_001)}}`, 'body-too-many-fields'],
    ['of several objects count together', nested(10_000), 'body-too-many-fields'],
    ['are not read, however the body goes on', `{${fields(10_001)}`, 'body-too-many-fields'],
    ['are none in texts', `{"kind":"org","name":"${':'.repeat(20_000)}"}`, 'validation-failed'],
    ['are none in texts behind escapes', `{"kind":"org","name":"${'\\\\\\":'.repeat(20_000)}"}`, 'validation-failed'],
  ])('%s', async (_, body, code) => {
    const { status, body: answer } = await app.post('/customers', body);
    expect({ status, code: (answer as unknown as Refused).code }).toEqual({ status: 400, code });
  });
});

describe('lists and objects in each other', () => {
  const nested = (depth: number) => `{"kind":"org","name":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
  it.each([
    ['32 levels deep are read', nested(32), 'validation-failed'],
    ['33 levels deep are not', nested(33), 'body-too-deep'],
    ['2,000 levels deep are not', nested(2_000), 'body-too-deep'],
    ['500,000 levels deep are not', nested(500_000), 'body-too-deep'],
    ['5,000 objects deep are not', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, 'body-too-deep'],
    ['2,000 levels deep without an end are no JSON', '['.repeat(2_000), 'body-not-json'],
  ])('%s', async (_, body, code) => {
    const { status, body: answer } = await app.post('/customers', body);
    expect({ status, code: (answer as unknown as Refused).code }).toEqual({ status: 400, code });
  });
});

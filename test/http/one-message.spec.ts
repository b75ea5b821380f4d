import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SchemaObject } from '@nestjs/swagger';
import { TestApp } from '../support/app.js';
import { fitting } from '../support/bodies.js';
import { document, operations } from '../support/openapi.js';
import { property } from '../support/property.js';

const commands = operations.flatMap(({ route, operation: { requestBody } }) => {
  if (requestBody === undefined || '$ref' in requestBody) return [];
  const reference = requestBody.content['application/json']!.schema as { $ref: string };
  const schema = document.components.schemas[reference.$ref.split('/').at(-1)!] as SchemaObject;
  return [
    { route, url: route.replace('POST ', '').replace(/\{\w+\}/g, '01970000-0000-7000-8000-00000000dead'), schema },
  ];
});

interface Wrong {
  readonly field: string;
  readonly body: unknown;
}

/** A body once for each place in it, with what stands there left out, or with a value of no field's kind. */
function* wrongIn(value: unknown, path = ''): Generator<Wrong> {
  if (typeof value !== 'object' || value === null) return;
  const whole = value as Readonly<Record<string, unknown>>;
  const place = (name: string) => (path === '' ? name : `${path}.${name}`);
  const isList = Array.isArray(value);
  const put = (name: string, held: unknown) => (isList ? value.with(Number(name), held) : { ...whole, [name]: held });
  for (const [name, held] of Object.entries(whole)) {
    if (!isList) {
      const { [name]: _, ...without } = whole;
      yield { field: place(name), body: without };
      yield { field: place(name), body: put(name, typeof held === 'string' ? 7 : 'text') };
    }
    for (const inside of wrongIn(held, place(name))) yield { ...inside, body: put(name, inside.body) };
  }
}

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

// An amount that was missing was told three times what it must be.
describe('a field that is missing or of another kind is told once what it must be, in', () => {
  it.each(commands)('$route', async ({ url, schema }) => {
    await fc.assert(
      fc.asyncProperty(fitting(schema), async (fits) => {
        for (const { field, body } of wrongIn(fits)) {
          const { body: answer } = await app.post(url, body);
          const { code, errors = [] } = answer as unknown as {
            code?: string;
            errors?: readonly { field: string; messages: readonly string[] }[];
          };
          if (code !== 'validation-failed') continue;
          const messages = errors.find((each) => each.field === field)?.messages;
          expect({ field, messages }).toEqual({ field, messages: [expect.any(String)] });
        }
      }),
      property(5),
    );
  });
});

describe('of an amount of money', () => {
  it.each([
    [
      'a missing amount',
      { currency: 'EUR' },
      'amount.amount',
      'amount must be a whole number from 0 to 9000000000000000',
    ],
    ['a missing currency', { amount: 1 }, 'amount.currency', 'currency must be an ISO 4217 currency code in use'],
  ])('%s is told once', async (_, amount, field, message) => {
    const { body } = await app.post('/opportunities/01970000-0000-7000-8000-00000000dead/amount', { amount });
    expect(body).toMatchObject({ errors: [{ field, messages: [message] }] });
  });

  it('everything is told that is wrong with a number', async () => {
    const amount = { amount: -1.5, currency: 'EUR' };
    const { body } = await app.post('/opportunities/01970000-0000-7000-8000-00000000dead/amount', { amount });
    const messages = ['amount must be a whole number from 0 to 9000000000000000'];
    expect(body).toMatchObject({ errors: [{ field: 'amount.amount', messages }] });
  });
});

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from './support/app.js';
import { broken, fitting } from './support/bodies.js';
import { faultsOf, operations } from './support/openapi.js';
import { property } from './support/property.js';

const commands = operations.flatMap(({ route, operation: { requestBody } }) => {
  if (requestBody === undefined || '$ref' in requestBody) return [];
  const schema = requestBody.content['application/json']!.schema!;
  return [{ route, url: route.replace('POST ', ''), schema }];
});

/** What a path names is not there: the form of a body is looked at before that. */
const at = (url: string) => url.replace(/\{\w+\}/g, '01970000-0000-7000-8000-00000000dead');

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

describe('the form of a body is what its schema says', () => {
  it('of every command', () => {
    expect(commands.length).toBeGreaterThan(70);
  });

  it.each(commands)('$route takes what fits', async ({ route, url, schema }) => {
    await fc.assert(
      fc.asyncProperty(fitting(schema), async (body) => {
        const answer = await app.post(at(url), body);
        expect(answer.body['code']).not.toBe('validation-failed');
        expect(faultsOf(route, answer)).toEqual([]);
      }),
      property(10),
    );
  });

  it.each(commands)('$route refuses what does not fit in one place', async ({ url, schema }) => {
    await fc.assert(
      fc.asyncProperty(fitting(schema), async (body) => {
        const wrong: string[] = [];
        for (const { what, value } of broken(schema, body)) {
          const { status, body: answer } = await app.post(at(url), JSON.stringify(value));
          if (status !== 400) wrong.push(`${what}: ${status} ${String(answer['code'])}`);
        }
        expect(wrong).toEqual([]);
      }),
      property(3),
    );
  });
});

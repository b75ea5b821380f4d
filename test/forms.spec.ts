import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from './support/app.js';
import type { Answer } from './support/app.js';
import { broken, filled, fitting, OUT_OF_RANGE } from './support/bodies.js';
import type { Broken } from './support/bodies.js';
import { faultsOf, operations } from './support/openapi.js';
import { property } from './support/property.js';
import { brokenQueries } from './support/queries.js';

/*
 * One table of all that a body and a query may be, derived from the description: suites of commands and lists test rules,
 * and leave to this one what a single field refuses.
 */

/** What a path names is not there: the form of a request is looked at before that. */
const at = (route: string) => route.replace(/^[A-Z]+ /, '').replace(/\{\w+\}/g, '01970000-0000-7000-8000-00000000dead');

const commands = operations.flatMap(({ route, operation: { requestBody } }) => {
  if (requestBody === undefined || '$ref' in requestBody) return [];
  const schema = requestBody.content['application/json']!.schema!;
  return [{ route, url: at(route), schema }];
});

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

interface Refusal {
  readonly code?: string;
  readonly errors?: readonly { readonly field: string; readonly messages: readonly string[] }[];
}

/** What is wrong with the refusal of a request that has one wrong field: it names that field, and says once what it must be. */
function faultOf({ status, body }: Answer, { field, how }: Pick<Broken, 'field' | 'how'>): string | undefined {
  const { code, errors = [] } = body as Refusal;
  if (status !== 400 || code !== 'validation-failed') return `${status} ${code}`;
  // An object or a list in the place of another is told what is wrong inside it.
  const inside = (name: string) => field === 'body' || name === field || name.startsWith(`${field}.`);
  // An amount above every limit is told that of its currency too.
  const most = how === OUT_OF_RANGE ? 2 : 1;
  const wrong = errors.filter(({ field: name, messages }) => !inside(name) || messages.length > most);
  return errors.length > 0 && wrong.length === 0 ? undefined : `says ${JSON.stringify(errors)}`;
}

/** How much the log holds. */
const position = async () => {
  const { body } = await app.get('/health/ready');
  return (body as unknown as { details: { log: { position: number } } }).details.log.position;
};

describe('the form of a body is what its schema says', () => {
  it('of every command', () => {
    expect(commands.length).toBeGreaterThan(70);
  });

  it.each(commands)('$route takes what fits', async ({ route, url, schema }) => {
    await fc.assert(
      fc.asyncProperty(fitting(schema), async (body) => {
        const answer = await app.post(url, body);
        expect(answer.body['code']).not.toBe('validation-failed');
        expect(faultsOf(route, answer)).toEqual([]);
      }),
      property(10),
    );
  });

  it.each(commands)('$route refuses what does not fit in one place', async ({ url, schema }) => {
    await fc.assert(
      fc.asyncProperty(filled(schema), async (body) => {
        const before = await position();
        const wrong: string[] = [];
        for (const { value, ...place } of broken(schema, body)) {
          const fault = faultOf(await app.post(url, JSON.stringify(value)), place);
          if (fault) wrong.push(`${place.field} ${place.how}: ${fault}`);
        }
        expect(wrong).toEqual([]);
        expect(await position()).toBe(before);
      }),
      property(1),
    );
  });
});

describe('the form of a query is what its parameters say', () => {
  const queries = operations.flatMap(({ route, operation: { parameters = [] } }) =>
    parameters.some((each) => 'in' in each && each.in === 'query') ? [{ route, wrong: brokenQueries(parameters) }] : [],
  );

  it('of every list, document, history and report', () => {
    expect(queries.flatMap(({ wrong }) => wrong).length).toBeGreaterThan(1_000);
  });

  it.each(queries)('$route refuses what does not fit in one place', async ({ route, wrong }) => {
    const faults: string[] = [];
    for (const { field, query } of wrong) {
      const fault = faultOf(await app.get(`${at(route)}?${query}`), { field, how: query.slice(0, 100) });
      if (fault) faults.push(`${query.slice(0, 100)}: ${fault}`);
    }
    expect(faults).toEqual([]);
  });
});

describe('an id in a path', () => {
  const ids = operations.flatMap(({ route, operation: { parameters = [] } }) =>
    parameters.flatMap((each) => {
      const isId =
        'in' in each && each.in === 'path' && each.schema && 'format' in each.schema && each.schema.format === 'uuid';
      return isId ? [{ route, name: each.name }] : [];
    }),
  );

  it('is a UUID, or the route is refused that names it', async () => {
    expect(ids.length).toBeGreaterThan(100);
    const faults: string[] = [];
    for (const { route, name } of ids) {
      const [method, path] = route.replace(`{${name}}`, '7').split(' ') as ['GET' | 'POST', string];
      const { status, body } = await app.request(method, at(path));
      const { code, detail } = body as { code?: string; detail?: string };
      if (status !== 400 || code !== 'request-invalid' || !detail?.endsWith(`: ${name} must be a UUID.`))
        faults.push(`${route} ${name}: ${status} ${code} ${detail}`);
    }
    expect(faults).toEqual([]);
  });
});

import { validate } from '@readme/openapi-parser';
import { describe, expect, it } from '@jest/globals';
import type { SchemaObject } from '@nestjs/swagger';
import { ajv, document, operations, responseAt } from './support/openapi.js';

const SAYS_SOMETHING = ['type', '$ref', 'enum', 'const', 'anyOf', 'allOf', 'oneOf'];

/** Places in schemas where anything may stand. */
function openIn(schema: unknown, path: string): string[] {
  if (schema === undefined || typeof schema === 'boolean') return [];
  const { properties = {}, items, additionalProperties, anyOf = [] } = schema as SchemaObject;
  if (!SAYS_SOMETHING.some((keyword) => keyword in (schema as object))) return [path];
  return [
    ...Object.entries(properties).flatMap(([name, property]) => openIn(property, `${path}.${name}`)),
    ...openIn(items, `${path}[]`),
    ...openIn(additionalProperties, `${path}.*`),
    ...anyOf.flatMap((each) => openIn(each, path)),
  ];
}

describe('the description of the API', () => {
  it('is OpenAPI', async () => {
    expect(await validate(structuredClone(document) as never)).toMatchObject({ valid: true, warnings: [] });
  });

  it('has valid JSON Schema in it', () => {
    const schemas = Object.entries(document.components.schemas);
    expect(schemas.filter(([, schema]) => ajv.validateSchema(schema) !== true)).toEqual([]);
  });

  it('lets anything stand only where events and problems say more', () => {
    const open = Object.entries(document.components.schemas).flatMap(([name, schema]) => openIn(schema, name));
    expect(open.sort()).toEqual(['HistoryEntry.data', 'Problem.*']);
  });

  it.each(operations)('says what $route answers, and how it refuses', ({ operation: { responses } }) => {
    const [, success] = Object.entries(responses).find(([status]) => status.startsWith('2'))!;
    const { content = {} } = responseAt(success!);
    expect(content).not.toEqual({});
    for (const [type, { schema }] of Object.entries(content)) {
      if (type.endsWith('json')) {
        expect(openIn(schema, type)).toEqual([]);
        expect(schema).not.toEqual({ type: 'object' });
      } else expect(schema).toEqual({ type: 'string' });
    }
    const refusals = Object.entries(responses).filter(([status]) => !status.startsWith('2'));
    for (const [status, response] of refusals)
      expect(response).toEqual({ $ref: `#/components/responses/Refused${status}` });
    expect(refusals.map(([status]) => status)).toContain('400');
    expect(responses).not.toHaveProperty('default');
  });

  it('says of every route that names something in its path, and of no other, that a name can be too long', () => {
    const named = operations.filter(({ route }) => route.includes('{')).map(({ route }) => route);
    const refused = operations.filter(({ operation }) => '414' in operation.responses).map(({ route }) => route);
    expect(refused).toEqual(named);
    expect(named).not.toEqual([]);
  });

  it('gives reports as CSV too', () => {
    const reports = operations.filter(({ route }) => route.startsWith('GET /reports/'));
    const types = reports.map(({ operation }) => Object.keys(responseAt(operation.responses['200']!).content ?? {}));
    expect(new Set(types.map(String))).toEqual(new Set(['application/json,text/csv']));
  });
});

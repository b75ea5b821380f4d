import { describe, expect, it } from '@jest/globals';
import type { SchemaObject } from '@nestjs/swagger';
import { commaSeparated, word } from '../libs/commands/query-fields.js';
import { fromProgram, list, money, oneOf, part, pattern, text, time, whole } from '../libs/commands/fields.js';
import { jsonSchemaOf } from '../libs/commands/json-schema.js';
import { MOST_FIELDS } from '../libs/http/json-body.js';
import { document, operations } from './support/openapi.js';

describe('the schema of a form is derived from its check', () => {
  it('with types, limits, what may be left out and what may be null', () => {
    const form = part({
      count: whole(0, 9),
      times: list(time(), { most: 3 }).optional(),
      part: part({ name: text(10) })
        .meta({ id: 'NamedBody' })
        .nullish(),
      letter: oneOf(['a', 'b']).nullable(),
      words: commaSeparated(word(5), 3),
      amount: money(),
    });
    const { schema, parts } = jsonSchemaOf(form);
    expect(schema).toMatchObject({
      type: 'object',
      properties: {
        count: { type: 'integer', minimum: 0, maximum: 9 },
        times: { type: 'array', items: { type: 'string', format: 'date-time' }, maxItems: 3 },
        part: { anyOf: [{ $ref: '#/components/schemas/NamedBody' }, { type: 'null' }] },
        letter: { anyOf: [{ type: 'string', enum: ['a', 'b'] }, { type: 'null' }] },
        words: { type: 'array', maxItems: 3, items: { type: 'string', maxLength: 5 } },
        amount: { $ref: '#/components/schemas/MoneyBody' },
      },
      required: ['count', 'letter', 'words', 'amount'],
      additionalProperties: false,
    });
    expect(Object.keys(parts)).toEqual(['NamedBody', 'MoneyBody']);
  });

  it('which a check without words in JSON Schema does not pass by', () => {
    expect(() => jsonSchemaOf(part({ count: fromProgram<number>() }))).toThrow('cannot be represented');
    expect(() => pattern(/^[a-z]+$/i, 'must be a word')).toThrow('/^[a-z]+$/i');
  });
});

describe('the description of requests', () => {
  const bodies = operations.flatMap(({ route, operation: { requestBody: body } }) =>
    body && 'content' in body
      ? [{ route, body, name: Object.values(body.content)[0]!.schema as { $ref: string } }]
      : [],
  );
  const schemaNamed = ({ $ref }: { $ref: string }) => document.components.schemas[$ref.split('/').at(-1)!]!;

  /** Most fields that a value can have, with those of its parts; not a number where a list may have any length. */
  const mostFieldsOf = (schema: object): number => {
    const { $ref, anyOf = [], properties = {}, items, maxItems = NaN } = schema as SchemaObject & { $ref?: string };
    if ($ref) return mostFieldsOf(schemaNamed({ $ref }));
    if (items) return maxItems * mostFieldsOf(items);
    const fields = Object.values(properties).reduce((sum, field) => sum + 1 + mostFieldsOf(field), 0);
    return fields + Math.max(0, ...anyOf.map(mostFieldsOf));
  };

  /** A submission has the honeypot of its form beside its fields, under the name that this has. */
  const open = new Set(['POST /web-forms/{formId}/submissions']);

  it.each(bodies)(
    '$route: excludes unknown fields, and may be empty when nothing is required',
    ({ route, body, name }) => {
      const schema = schemaNamed(name) as { required: string[] };
      const other = open.has(route) ? { type: 'string', maxLength: 255 } : false;
      expect(schema).toMatchObject({ type: 'object', additionalProperties: other });
      expect(body.required).toBe(schema.required.length > 0);
    },
  );

  it.each(bodies)('$route: lists say how long they may be, and all fit into what a body may have', ({ name }) => {
    expect(mostFieldsOf(name)).toBeLessThan(MOST_FIELDS / 10);
  });

  it('says lists are lists, with the limits of each item', () => {
    const {
      RegisterCustomerBody,
      CreateTaskBody,
      ReorderPipelineStagesBody,
      ChangePositionDutiesBody,
      SetOrgUnitResponsibilitiesBody,
    } = document.components.schemas as Record<string, { properties: Record<string, object> }>;
    const texts = (maxLength: number) => ({ type: 'array', items: { type: 'string', minLength: 1, maxLength } });
    const ids = { type: 'array', uniqueItems: true, items: { type: 'string', format: 'uuid' } };
    expect(RegisterCustomerBody!.properties).toMatchObject({ tags: texts(100), acceptDuplicates: ids });
    expect(CreateTaskBody!.properties['reminders']).toMatchObject({ type: 'array', items: { format: 'date-time' } });
    expect(ReorderPipelineStagesBody!.properties['stageIds']).toMatchObject(texts(64));
    expect(ChangePositionDutiesBody!.properties).toMatchObject({ duties: texts(1_000), processSteps: texts(255) });
    expect(SetOrgUnitResponsibilitiesBody!.properties['responsibilities']).toMatchObject(texts(1_000));
  });

  it('says money has an amount, a whole number', () => {
    expect(document.components.schemas['MoneyBody']).toMatchObject({
      properties: { amount: { type: 'integer', minimum: 0 }, currency: { enum: expect.arrayContaining(['EUR']) } },
      required: ['amount', 'currency'],
    });
  });

  it.each(operations)('$route: no parameter is null, ids are UUIDs', ({ operation: { parameters = [] } }) => {
    const own = parameters.flatMap((parameter) => ('in' in parameter ? [parameter] : []));
    expect(own.filter(({ schema }) => JSON.stringify(schema).includes('null'))).toEqual([]);
    const ids = own.filter(
      ({ in: place, name }) => place === 'path' && /^id$|[a-z]Id$/.test(name) && name !== 'stageId',
    );
    expect(ids.filter(({ schema }) => (schema as { format?: string }).format !== 'uuid')).toEqual([]);
  });
});

import { globSync, readFileSync } from 'node:fs';
import { IsArray, IsIn, IsInt, IsOptional, Matches, Max, ValidateBy, ValidateIf } from 'class-validator';
import { describe, expect, it } from '@jest/globals';
import type { SchemaObject } from '@nestjs/swagger';
import ts from 'typescript';
import { MOST_FIELDS } from '../libs/http/json-body.js';
import { schemaOf } from '../libs/http/schema-of.js';
import { CommaSeparated, IsCurrency, IsMoney, IsPart, IsText, IsTime, MayBeLeftOut } from '../libs/http/validation.js';
import { document, operations } from './support/openapi.js';

class Part {
  @IsText(10)
  name: string;
}
class Body {
  @IsInt()
  @Max(9)
  count: number;

  @MayBeLeftOut()
  @IsArray()
  @IsTime({ each: true })
  times?: string[];

  @IsOptional()
  @IsPart(() => Part)
  part?: Part | null;

  @ValidateIf((_, value) => value !== null)
  @IsIn(['a', 'b'])
  letter: string | null;
}

describe('the schema of a body is derived from its validation', () => {
  it('with types, limits, what may be left out and what may be null', () => {
    expect(schemaOf(Body)).toEqual({
      schema: {
        type: 'object',
        properties: {
          count: { type: 'integer', maximum: 9 },
          times: { type: 'array', items: { type: 'string', format: 'date-time' } },
          part: { anyOf: [{ $ref: '#/components/schemas/Part' }, { type: 'null' }] },
          letter: { type: ['string', 'null'], enum: ['a', 'b', null] },
        },
        required: ['count', 'letter'],
        additionalProperties: false,
      },
      parts: [Part],
    });
  });

  it('which a check without words in JSON Schema does not pass by', () => {
    const IsOdd = () => ValidateBy({ name: 'isOdd', validator: { validate: (value) => Number(value) % 2 === 1 } });
    class Odd {
      @IsOdd()
      count: number;
    }
    class Shouted {
      @Matches(/^[a-z]+$/i)
      word: string;
    }
    expect(() => schemaOf(Odd)).toThrow('isOdd of Odd.count cannot be said in JSON Schema');
    expect(() => schemaOf(Shouted)).toThrow('matches of Shouted.word');
  });

  it('for every check of our own', () => {
    class Own {
      @CommaSeparated(3, 5)
      words: string[];
      @IsCurrency()
      currency: string;
      @IsMoney()
      amount: object;
    }
    expect(schemaOf(Own).schema.properties).toMatchObject({
      words: { type: 'array', maxItems: 3, items: { type: 'string', maxLength: 5 } },
      currency: { enum: expect.arrayContaining(['EUR', 'JPY']) },
      amount: { $ref: '#/components/schemas/MoneyBody' },
    });
  });
});

/** Fields of the forms of requests: whether their decorators let null pass, and whether their type has null. */
const fields = globSync('libs/*/*.dto.ts').flatMap((path) => {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ESNext, true);
  const classes = source.statements.filter(ts.isClassDeclaration);
  return classes.flatMap(({ name, members }) =>
    members.filter(ts.isPropertyDeclaration).map((member) => {
      const decorators = (ts.getDecorators(member) ?? []).map((decorator) => decorator.getText());
      return {
        field: `${name?.text}.${member.name.getText()}`,
        takes: decorators.some((text) => text === '@IsOptional()' || text.includes('value !== null')),
        has: member.type?.getText().endsWith(' | null') ?? false,
      };
    }),
  );
});

describe('null', () => {
  it('is taken where the type of a field has it, and only there', () => {
    expect(fields.length).toBeGreaterThan(0);
    expect(fields.filter(({ takes, has }) => takes !== has)).toEqual([]);
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

  it.each(bodies)('$route: excludes unknown fields, and may be empty when nothing is required', ({ body, name }) => {
    const schema = schemaNamed(name) as { required: string[] };
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(body.required).toBe(schema.required.length > 0);
  });

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

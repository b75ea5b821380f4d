import type { OperationObject, ParameterObject, SchemaObject } from '@nestjs/swagger';
import { brokenNumbers, brokenTexts } from './bodies.js';
import { ajv } from './openapi.js';

interface BrokenQuery {
  readonly field: string;
  readonly query: string;
}

/** Queries with one parameter that is wrong: once for every word of what the description says of it. */
export function brokenQueries(parameters: NonNullable<OperationObject['parameters']>): readonly BrokenQuery[] {
  const own = parameters.flatMap((each) => ('in' in each && each.in === 'query' ? [each] : []));
  return [
    { field: 'colour', query: 'colour=red' },
    ...own.flatMap((parameter) => [...wrongValues(parameter), ...otherKinds(parameter.name)]),
  ];
}

const said = (name: string, value: string) => `${name}=${encodeURIComponent(value)}`;

/** An object, which no parameter is. */
const otherKinds = (name: string): readonly BrokenQuery[] => [{ field: `${name}[$ne]`, query: `${name}[$ne]=x` }];

function wrongValues({ name, schema: described, style }: ParameterObject): readonly BrokenQuery[] {
  const schema = described as SchemaObject;
  if (schema.type !== 'array') {
    const single = wrongTexts(schema).map((value) => ({ field: name, query: said(name, value) }));
    return [...single, { field: name, query: `${said(name, 'a')}&${said(name, 'b')}` }];
  }
  const items = schema.items as SchemaObject;
  const commas = style === 'form';
  const many = Array.from({ length: schema.maxItems! + 1 }, (_, index) => `i${index}`);
  return [
    { field: name, query: commas ? said(name, many.join()) : many.map((each) => said(name, each)).join('&') },
    ...wrongTexts(items).map((value) => ({ field: `${name}.0`, query: said(name, value) })),
  ];
}

function wrongTexts(schema: SchemaObject): readonly string[] {
  const { type } = schema;
  if (type === 'integer') return ['x', '', '1e3', ...brokenNumbers(schema).map(String)];
  if (type === 'boolean') return ['perhaps', '', '1'];
  const fits = ajv.compile(schema);
  const formats = [schema, ...(schema.anyOf ?? [])] as SchemaObject[];
  const texts = formats.flatMap((each) => brokenTexts(each, 'text'));
  return [...new Set(texts.map(([, text]) => text))].filter((text) => text.isWellFormed() && !fits(text));
}

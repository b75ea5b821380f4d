import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { ReferenceObject, SchemaObject } from '@nestjs/swagger';
import { ajv, document } from './openapi.js';

type Schema = SchemaObject | ReferenceObject;

const resolved = (schema: Schema): SchemaObject =>
  '$ref' in schema ? (document.components.schemas[schema.$ref.split('/').at(-1)!] as SchemaObject) : schema;

/** With what it may refer to. */
const inDocument = (schema: Schema) => ({ ...schema, components: document.components });

/** The same fields with what one of several alternatives says of them. */
const withFields = ({ anyOf: _, ...schema }: SchemaObject, { properties = {} }: SchemaObject): SchemaObject => ({
  ...schema,
  properties: Object.fromEntries(
    Object.entries(schema.properties!).map(([name, field]) => [name, { ...field, ...properties[name] }]),
  ),
});

/** Values that fit a schema of the description, as ajv has it. */
export const fitting = (schema: Schema): Arbitrary<unknown> => fittingOf(schema, false);

/** The same with all that there can be: every field, no null, something in every list. */
export const filled = (schema: Schema): Arbitrary<unknown> => fittingOf(schema, true);

function fittingOf(schema: Schema, full: boolean): Arbitrary<unknown> {
  const fits = ajv.compile(inDocument(schema));
  return valuesOf(schema, full).filter((value) => fits(value));
}

const isNull = (schema: Schema) => 'type' in schema && schema.type === 'null';

function valuesOf(reference: Schema, full: boolean): Arbitrary<unknown> {
  const schema = resolved(reference);
  const { type, enum: values, anyOf, properties = {}, required = [] } = schema;
  if (anyOf) {
    const choices = full ? anyOf.filter((each) => !isNull(each)) : anyOf;
    return fc.oneof(
      ...choices.map((each) => valuesOf(schema.properties ? withFields(schema, resolved(each)) : each, full)),
    );
  }
  if (values) return fc.constantFrom(...(values as unknown[]));
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => valuesOf({ ...schema, type: one }, full)));
  if (type === 'object') {
    const fields = Object.entries(properties).map(([name, field]) => [name, valuesOf(field, full)] as const);
    return fc.record(Object.fromEntries(fields), full ? {} : { requiredKeys: required });
  }
  if (type === 'array') {
    const { items, minItems = 0, maxItems = 100, uniqueItems } = schema;
    const range = { minLength: full ? Math.max(1, minItems) : minItems, maxLength: maxItems };
    return uniqueItems ? fc.uniqueArray(valuesOf(items!, full), range) : fc.array(valuesOf(items!, full), range);
  }
  if (type === 'string') return textsOf(schema);
  return plainOf(schema);
}

const OFFSETS = ['Z', '+00:00', '+05:30', '-08:00'];

function textsOf({ format, pattern, maxLength = 100 }: SchemaObject): Arbitrary<string> {
  // Years that no offset leads out of the four digits.
  const moment = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true });
  if (format === 'uuid') return fc.uuid().chain((id) => fc.constantFrom(id, id.toUpperCase()));
  if (format === 'date') return moment.map((date) => date.toISOString().slice(0, 10));
  if (format === 'date-time')
    return fc
      .tuple(moment, fc.constantFrom(...OFFSETS))
      .map(([date, offset]) => date.toISOString().replace('Z', offset));
  return fc.stringMatching(new RegExp(pattern ?? '', 'u'), { maxLength });
}

function plainOf({ type, minimum, maximum }: SchemaObject): Arbitrary<unknown> {
  if (type === 'null') return fc.constant(null);
  if (type === 'boolean') return fc.boolean();
  const range = { ...(minimum !== undefined && { min: minimum }), ...(maximum !== undefined && { max: maximum }) };
  if (type === 'integer') return fc.integer(range);
  if (type === 'number') return fc.double({ ...range, noNaN: true, noDefaultInfinity: true });
  throw new Error(`No values of type ${String(type)} are known.`);
}

export interface Broken {
  /** The field that is wrong, by its path; `body` where the whole is. */
  readonly field: string;
  readonly how: string;
  readonly value: unknown;
}

/** A value that fits a schema, broken in one place: once for every word of the schema. */
export function broken(schema: Schema, value: unknown): readonly Broken[] {
  const fits = ajv.compile(inDocument(schema));
  return waysToBreak(schema, value, '')
    .filter(({ how, value: other }) => how === HALF || !fits(other))
    .map((each) => ({ ...each, field: each.field || 'body' }));
}

const placed = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

/** JSON Schema has no words for what no text may hold: half of a character. */
const HALF = 'with half a character';
export const OUT_OF_RANGE = 'out of range';

/** Of no type that a field has. */
const OTHERS = {
  text: 'text',
  number: 7.5,
  boolean: true,
  list: [{}],
  nothing: [],
  object: { colour: 'red' },
  null: null,
};

function waysToBreak(reference: Schema, value: unknown, field: string): readonly Broken[] {
  const schema = resolved(reference);
  const others = Object.entries(OTHERS).map(([how, other]) => ({ field, how, value: other }));
  const inside =
    schema.anyOf && !schema.properties
      ? schema.anyOf.flatMap((each) => (ajv.compile(inDocument(each))(value) ? waysToBreak(each, value, field) : []))
      : typeof value === 'string'
        ? brokenTexts(schema, value).map(([how, other]) => ({ field, how, value: other }))
        : typeof value === 'number'
          ? brokenNumbers(schema).map((other) => ({ field, how: OUT_OF_RANGE, value: other }))
          : Array.isArray(value)
            ? brokenLists(schema, value, field)
            : typeof value === 'object' && value !== null
              ? brokenObjects(schema, value as Record<string, unknown>, field)
              : [];
  return [...others, ...inside];
}

/** Texts that look right at the first glance. */
const NO_DAY = '2026-02-31';
const ALMOST = { uuid: '01970000-0000-7000-8000-00000000dea', date: NO_DAY, 'date-time': '2026-01-03T09:00:00' };

/** Texts that a schema of texts refuses, and some that it may take. */
export const brokenTexts = ({ format, maxLength }: SchemaObject, value: string): readonly [string, string][] => [
  ['empty', ''],
  ['blank', ' \t '],
  ['not to be seen', '\u200b'],
  ['with a control character', `${value}\u0000`],
  [HALF, `${value}\ud800`],
  ['with more behind it', `${value} - and more`],
  ...(format === undefined ? [] : [['almost', ALMOST[format as keyof typeof ALMOST]] as [string, string]]),
  ...(format === 'date-time' ? [['a day that does not exist', `${NO_DAY}T09:00:00Z`] as [string, string]] : []),
  ...(maxLength === undefined ? [] : [['too long', 'x'.repeat(maxLength + 1)] as [string, string]]),
];

/** Numbers that a schema of whole numbers refuses. */
export const brokenNumbers = ({ minimum, maximum }: SchemaObject): readonly number[] => [
  minimum! - 1,
  maximum! + 1,
  minimum! + 0.5,
];

function brokenLists({ items, maxItems }: SchemaObject, value: readonly unknown[], field: string): readonly Broken[] {
  const [first] = value;
  return [
    { field, how: 'without items', value: [] },
    ...(first === undefined ? [] : [{ field, how: 'with an item twice', value: [...value, first] }]),
    ...(maxItems === undefined ? [] : [{ field, how: 'too long', value: Array(maxItems + 1).fill(first) }]),
    ...waysToBreak(items!, first ?? null, placed(field, '0')).map((each) => ({
      ...each,
      value: [each.value, ...value.slice(1)],
    })),
  ];
}

function brokenObjects(
  { properties }: SchemaObject,
  value: Readonly<Record<string, unknown>>,
  path: string,
): readonly Broken[] {
  return [
    { field: placed(path, 'colour'), how: 'unknown', value: { ...value, colour: 'red' } },
    ...Object.entries(value).flatMap(([name, held]) => {
      const { [name]: _, ...without } = value;
      const field = placed(path, name);
      const inside = waysToBreak(properties![name]!, held, field);
      return [
        { field, how: 'missing', value: without },
        ...inside.map((each) => ({ ...each, value: { ...value, [name]: each.value } })),
      ];
    }),
  ];
}

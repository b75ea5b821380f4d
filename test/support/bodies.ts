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
export function fitting(schema: Schema): Arbitrary<unknown> {
  const fits = ajv.compile(inDocument(schema));
  return valuesOf(schema).filter((value) => fits(value));
}

function valuesOf(reference: Schema): Arbitrary<unknown> {
  const schema = resolved(reference);
  const { type, enum: values, anyOf, properties = {}, required = [] } = schema;
  if (anyOf)
    return fc.oneof(...anyOf.map((each) => valuesOf(schema.properties ? withFields(schema, resolved(each)) : each)));
  if (values) return fc.constantFrom(...(values as unknown[]));
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => valuesOf({ ...schema, type: one })));
  if (type === 'object') {
    const fields = Object.entries(properties).map(([name, field]) => [name, valuesOf(field)] as const);
    return fc.record(Object.fromEntries(fields), { requiredKeys: required });
  }
  if (type === 'array') {
    const { items, minItems = 0, maxItems = 100, uniqueItems } = schema;
    const range = { minLength: minItems, maxLength: maxItems };
    return uniqueItems ? fc.uniqueArray(valuesOf(items!), range) : fc.array(valuesOf(items!), range);
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

interface Broken {
  /** Where, and how. */
  readonly what: string;
  readonly value: unknown;
}

/** A value that fits a schema, broken in one place: once for every word of the schema. */
export function broken(schema: Schema, value: unknown): readonly Broken[] {
  const fits = ajv.compile(inDocument(schema));
  return waysToBreak(schema, value, '').filter((each) => !fits(each.value));
}

/** Of no type that a field has. */
const OTHERS = { text: 'text', number: 7.5, boolean: true, list: [{}], object: { colour: 'red' }, null: null };

function waysToBreak(reference: Schema, value: unknown, path: string): readonly Broken[] {
  const schema = resolved(reference);
  const others = Object.entries(OTHERS).map(([what, other]) => ({ what: `${path} ${what}`, value: other }));
  const inside =
    schema.anyOf && !schema.properties
      ? schema.anyOf.flatMap((each) => (ajv.compile(inDocument(each))(value) ? waysToBreak(each, value, path) : []))
      : typeof value === 'string'
        ? brokenText(schema, value, path)
        : typeof value === 'number'
          ? brokenNumber(schema, path)
          : Array.isArray(value)
            ? brokenList(schema, value, path)
            : typeof value === 'object' && value !== null
              ? brokenObject(schema, value as Record<string, unknown>, path)
              : [];
  return [...others, ...inside];
}

const brokenText = ({ maxLength }: SchemaObject, value: string, path: string): Broken[] => [
  { what: `${path} empty`, value: '' },
  { what: `${path} blank`, value: ' \t ' },
  { what: `${path} with a control character`, value: `${value}\u0000` },
  { what: `${path} with more behind it`, value: `${value} - and more` },
  ...(maxLength === undefined ? [] : [{ what: `${path} too long`, value: 'x'.repeat(maxLength + 1) }]),
];

const brokenNumber = ({ minimum, maximum }: SchemaObject, path: string): Broken[] =>
  [minimum! - 1, maximum! + 1, minimum! + 0.5].map((value) => ({ what: `${path} ${value}`, value }));

function brokenList({ items, maxItems }: SchemaObject, value: readonly unknown[], path: string): Broken[] {
  const [first] = value;
  return [
    { what: `${path} without items`, value: [] },
    ...(first === undefined ? [] : [{ what: `${path} with an item twice`, value: [...value, first] }]),
    ...(maxItems === undefined ? [] : [{ what: `${path} too long`, value: Array(maxItems + 1).fill(first) }]),
    ...waysToBreak(items!, first ?? null, `${path}[0]`).map((each) => ({
      ...each,
      value: [each.value, ...value.slice(1)],
    })),
  ];
}

function brokenObject({ properties }: SchemaObject, value: Readonly<Record<string, unknown>>, path: string): Broken[] {
  return [
    { what: `${path}.colour`, value: { ...value, colour: 'red' } },
    ...Object.entries(value).flatMap(([name, held]) => {
      const { [name]: _, ...without } = value;
      const inside = waysToBreak(properties![name]!, held, `${path}.${name}`);
      return [
        { what: `${path}.${name} missing`, value: without },
        ...inside.map((each) => ({ ...each, value: { ...value, [name]: each.value } })),
      ];
    }),
  ];
}

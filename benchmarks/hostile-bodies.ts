import type { OpenAPIObject, OperationObject, ReferenceObject, SchemaObject } from '@nestjs/swagger';

type Schema = SchemaObject | ReferenceObject;

/** JSON of about so many bytes that is no value of any field. */
type Hostile = (bytes: number) => string;

const many = (bytes: number, part: (index: number) => string): string[] => {
  const size = part(999_999).length + 1;
  return Array.from({ length: Math.max(1, Math.floor(bytes / size)) }, (_, index) => part(index));
};
const listOf = (part: (index: number) => string) => (bytes: number) => `[${many(bytes, part).join(',')}]`;

const values: Readonly<Record<string, Hostile>> = {
  'empty objects': listOf(() => '{}'),
  'empty lists': listOf(() => '[]'),
  'different texts': listOf((index) => `"${index}"`),
  'the same text': listOf(() => '"a"'),
  numbers: listOf((index) => `${index % 10}`),
  'unknown fields': (bytes) => `{${many(bytes, (index) => `"${index}":0`).join(',')}}`,
  // Nearly as many fields as are read: of the shape before, a large body has so many more that it is refused unread.
  'unknown fields with long names': (bytes) =>
    `{${many(bytes, (index) => `"${index}${'x'.repeat(100)}":0`).join(',')}}`,
  'one field many times': (bytes) => `{${many(bytes, () => '"name":0').join(',')}}`,
  'a long text': (bytes) => `"${'x'.repeat(bytes)}"`,
  'a long text of escapes': (bytes) => `"${'\\u00e9'.repeat(bytes / 6)}"`,
  'an address of points': (bytes) => `"a@${'.'.repeat(bytes)}@"`,
  'a long number': (bytes) => `1${'0'.repeat(bytes)}`,
  'deep and wide': (bytes) => `${'[{"a":'.repeat(12)}${listOf(() => '[{}]')(bytes)}${'}]'.repeat(12)}`,
};

/** A body for one command that has the form of none. */
export interface HostileBody {
  readonly path: string;
  readonly shape: string;
  readonly text: string;
}

/** Bodies of about so many bytes for every command of the API: hostile as a whole, in every field, and in every nested field. */
export function* hostileBodies(document: OpenAPIObject, bytes: number): Generator<HostileBody> {
  for (const [pattern, methods] of Object.entries(document.paths)) {
    const schema = bodyOf((methods as { post?: OperationObject }).post, document);
    if (!schema) continue;
    const path = pattern.replace(/\{\w+\}/g, '01970000-0000-7000-8000-00000000dead');
    for (const [shape, value] of Object.entries(values)) {
      yield { path, shape, text: value(bytes) };
      yield { path, shape: `${shape} in every field`, text: filled(schema, document, value, bytes, false) };
      if (hasNested(schema, document))
        yield { path, shape: `${shape} in every nested field`, text: filled(schema, document, value, bytes, true) };
    }
  }
}

function bodyOf(operation: OperationObject | undefined, document: OpenAPIObject): SchemaObject | undefined {
  const body = operation?.requestBody as { content: { 'application/json': { schema: Schema } } } | undefined;
  return body && found(body.content['application/json'].schema, document);
}

/** What a schema says, wherever it stands. */
function found(schema: Schema, document: OpenAPIObject): SchemaObject {
  if ('$ref' in schema) return document.components!.schemas![schema.$ref.split('/').at(-1)!] as SchemaObject;
  const [only] = schema.allOf ?? schema.anyOf ?? [];
  return only ? found(only, document) : schema;
}

const nestedIn = (schema: Schema, document: OpenAPIObject): SchemaObject | undefined => {
  const itself = found(schema, document);
  const nested = itself.items ? found(itself.items, document) : itself;
  return nested.properties ? nested : undefined;
};

const hasNested = ({ properties = {} }: SchemaObject, document: OpenAPIObject): boolean =>
  Object.values(properties).some((property) => nestedIn(property, document));

/** How many items a nested list is given: fewer than any list may have. */
const ITEMS = 10;

function filled(schema: SchemaObject, document: OpenAPIObject, value: Hostile, bytes: number, deeper: boolean): string {
  const fields = Object.entries(schema.properties ?? {});
  const nested = fields.filter(([, property]) => nestedIn(property, document));
  const share = bytes / (deeper ? nested.length : Math.max(1, fields.length));
  const texts = fields.flatMap(([name, property]) => {
    const inner = nestedIn(property, document);
    if (!deeper) return [`"${name}":${value(share)}`];
    if (!inner) return [];
    if (!found(property, document).items) return [`"${name}":${filled(inner, document, value, share, false)}`];
    const item = filled(inner, document, value, share / ITEMS, false);
    return [`"${name}":[${Array.from({ length: ITEMS }, () => item).join(',')}]`];
  });
  return `{${texts.join(',')}}`;
}

import { z } from 'zod';
import { traitOf } from './fields.js';

type Schema = z.core.JSONSchema.BaseSchema;

/** JSON Schema of a form, and of the named parts that it is made of. */
export interface Described {
  readonly schema: Schema;
  readonly parts: Readonly<Record<string, Schema>>;
}

/** @throws Error for a field that JSON Schema has no words for: the description would leave out what is refused */
export function jsonSchemaOf(form: z.ZodType): Described {
  const parts: Record<string, Schema> = {};
  return { schema: described(form, parts), parts };
}

function described(form: z.ZodType, parts: Record<string, Schema>): Schema {
  const {
    $defs = {},
    $schema: _,
    ...schema
  } = z.toJSONSchema(form, {
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      // Generated clients take a field with a default for one that must be sent.
      delete jsonSchema.default;
      const item = traitOf(zodSchema as unknown as z.ZodType)?.item as z.ZodType | undefined;
      if (item && jsonSchema.type === 'array') jsonSchema.items = described(item, parts);
      Object.assign(jsonSchema, nullBeside(jsonSchema));
    },
  });
  for (const [name, part] of Object.entries($defs)) parts[name] = referring(part);
  return referring(schema);
}

/** What one type or null takes, as one schema with two types: generators of clients understand that better than a choice. */
function nullBeside(schema: Schema): Schema {
  const [of, none, ...more] = (schema.anyOf ?? []) as Schema[];
  if (typeof of?.type !== 'string' || of.enum || none?.type !== 'null' || more.length > 0) return {};
  delete schema.anyOf;
  return { ...of, type: [of.type, 'null'] } as unknown as Schema;
}

/** Parts are named in the document of the API, not beside the schema. */
const referring = (schema: object): Schema =>
  JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$ref' ? String(value).replace('#/$defs/', '#/components/schemas/') : value,
  ) as Schema;

/** Whether a list stands in a query as one text with commas. */
export const isSeparatedByCommas = (field: z.ZodType): boolean => traitOf(field)?.commas === true;

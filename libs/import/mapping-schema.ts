import { encodings } from './csv.js';
import { sources } from './compile-context.js';
import type { Field, Target, Targets } from './steps/step.js';

type Schema = Readonly<Record<string, unknown>>;

const object = (properties: Readonly<Record<string, unknown>>, more: Schema = {}): Schema => ({
  type: 'object',
  additionalProperties: false,
  ...more,
  properties,
});
const listOf = (items: Schema, more: Schema = {}): Schema => ({ type: 'array', items, ...more });
const refer = (definition: string): Schema => ({ $ref: `#/definitions/${definition.replace(' ', '%20')}` });
/** What holds for objects of which something else holds. */
// oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema; a schema is never awaited
const implied = (condition: Schema, consequence: Schema): Schema => ({ if: condition, then: consequence });
const text: Schema = { type: 'string', minLength: 1 };
const scalar: Schema = { type: ['string', 'number', 'boolean', 'null'] };

const formats = {
  date: {
    description:
      'How dates are written: iso, unix, unix-ms, or Luxon tokens such as dd.MM.yyyy HH:mm. Of several the first that fits counts.',
    type: ['string', 'array'],
    items: text,
    minItems: 1,
    minLength: 1,
  },
  zone: { ...text, description: 'IANA time zone of dates and times without offset. UTC unless it is said.' },
  decimal: { enum: ['.', ','], description: 'What stands before the decimals.' },
  thousands: { enum: ['', '.', ',', ' ', "'", '’', '_'], description: 'What stands between the thousands.' },
  currency: { ...text, description: 'ISO 4217 code of amounts; in an expression also a template, such as {currency}.' },
};

const lookup = (compared: boolean): Schema =>
  object(
    {
      file: { ...text, description: 'Name of the file among "files".' },
      column: text,
      where: {
        type: 'object',
        additionalProperties: refer('expression'),
        description: 'Its column → what it must be.',
      },
      ...(compared && {
        as: {
          enum: ['text', 'number', 'date'],
          description: 'What is compared. What the field holds unless it is said.',
        },
      }),
      missing: { enum: ['reject', 'empty'], description: 'What becomes of a row without such a row there.' },
    },
    { required: ['file', 'column'] },
  );

/**
 * An expression is a plain value or an object; what is said of objects holds for objects only.
 * @param kinds of things that rows refer to
 */
const expressionOf = (kinds: readonly string[]): Schema => ({
  type: ['string', 'number', 'boolean', 'null', 'object'],
  description: 'A text with columns in braces, a plain value, or an object that names one source.',
  ...implied(
    { type: 'object' },
    { title: `one source: ${sources.join(', ')}`, oneOf: sources.map((source) => ({ required: [source] })) },
  ),
  additionalProperties: false,
  properties: {
    column: { ...text, description: 'The cell of this column.' },
    text: { type: 'string', description: 'A text with columns in braces.' },
    value: { ...scalar, description: 'Itself.' },
    first: listOf(refer('expression'), { minItems: 1, description: 'The first of these that is not empty.' }),
    ref: { enum: kinds, description: 'Id of the thing that the source calls so; needs "key".' },
    key: listOf(refer('expression'), { minItems: 1 }),
    source: { ...text, description: 'With "ref": another source than that of the mapping.' },
    rowNumber: { const: true, description: 'The number of the row, from 1 after the header.' },
    row: { ...lookup(false), description: 'A cell of the row of another file.' },
    mostFrequent: { ...lookup(false), description: 'What stands most often in a column; of several what came first.' },
    count: {
      ...object(
        { file: text, where: { type: 'object', additionalProperties: refer('expression') } },
        { required: ['file'] },
      ),
      description: 'How many rows there are.',
    },
    min: { ...lookup(true), description: 'The least cell of a column.' },
    max: { ...lookup(true), description: 'The greatest cell of a column.' },
    when: { ...refer('condition') },
    pattern: {
      ...text,
      description: 'Regular expression: picks what its first group finds, or all it finds when it has none.',
    },
    unmatched: {
      enum: ['keep', 'empty', 'reject'],
      description: 'What becomes of a value that does not fit the pattern.',
    },
    map: {
      type: ['string', 'object'],
      additionalProperties: scalar,
      description: 'Values by their text, or the name of a map.',
    },
    unmapped: { enum: ['keep', 'empty', 'reject'], description: 'What becomes of a value that is not in the map.' },
    case: { enum: ['lower', 'upper'] },
    split: { ...text, description: 'What stands between the entries of a list.' },
    scale: { type: 'number', minimum: 0.000001, maximum: 1_000_000_000_000, description: 'Multiplies a number.' },
    round: { type: 'boolean', description: 'Rounds what is finer than the field can hold.' },
    countryCode: {
      type: 'string',
      pattern: '^(\\+?[1-9]\\d{0,2}|[A-Z]{2})$',
      description: 'Makes phone numbers international: calling code, such as 49, or region, such as DE, of local ones.',
    },
    ...formats,
  },
});

const columnConditions = ['equals', 'in', 'present'].map((each) => ({ required: ['column', each] }));
const joins = ['all', 'any', 'not'].map((each) => ({ required: [each], maxProperties: 1 }));

const condition: Schema = object(
  {
    column: text,
    equals: { type: 'string' },
    in: listOf({ type: 'string' }, { minItems: 1 }),
    present: { type: 'boolean' },
    all: listOf(refer('condition'), { minItems: 1 }),
    any: listOf(refer('condition'), { minItems: 1 }),
    not: refer('condition'),
  },
  {
    title: 'one condition: a column with equals, in or present, or all, any or not',
    oneOf: [...columnConditions, ...joins],
  },
);

const file: Schema = object(
  {
    path: { ...text, description: 'In the folder that is imported.' },
    delimiter: { ...text, description: 'A comma unless it is said.' },
    quote: { type: ['string', 'null'], minLength: 1, maxLength: 1, description: 'Null when the file knows no quotes.' },
    encoding: { enum: encodings, description: 'utf-8 unless it is said.' },
    skipLines: { type: 'integer', minimum: 0, maximum: 1000, description: 'Lines before the header.' },
    columns: listOf(text, {
      minItems: 1,
      uniqueItems: true,
      description: 'Names of the columns of a file without header.',
    }),
    widths: listOf(
      { type: 'integer', minimum: 1, maximum: 100_000 },
      { minItems: 1, description: 'Characters of each column, for a file without delimiters.' },
    ),
    missingCells: { enum: ['reject', 'empty'], description: 'What becomes of a row that ends before the header does.' },
    ignore: { ...refer('condition') },
  },
  { required: ['path'] },
);

const fieldSchema = ({ is, schema }: Field): Schema => {
  if (is === 'given') return { ...schema };
  return is === 'list' ? refer('expressions') : refer('expression');
};

/** What a step says depends on its target. */
function fieldsOf([name, target]: readonly [string, Target]): Schema {
  const fields = Object.entries(target.fields);
  const required = fields.flatMap(([field, { required: needed }]) => (needed && field !== target.about ? [field] : []));
  const described = fields.map(([field, of]) => [field, { ...fieldSchema(of) }] as const);
  return implied(
    { required: ['target'], properties: { target: { const: name } } },
    {
      required: [...(target.makes ? ['key'] : []), ...(required.length > 0 ? ['fields'] : [])],
      properties: { fields: object(Object.fromEntries(described), { required }) },
    },
  );
}

const stepParts = (targets: Targets) => ({
  name: { ...text, description: 'How the report calls it.' },
  target: {
    enum: Object.keys(targets),
    description: Object.entries(targets)
      .map(([name, { says }]) => `${name}: ${says}`)
      .join('\n'),
  },
  when: { ...refer('condition') },
  key: listOf(refer('expression'), {
    minItems: 1,
    description: 'What tells one thing, or one change, from another in the source.',
  }),
  at: { ...refer('expression') },
  fields: { type: 'object' },
  also: listOf(refer('furtherStep'), { minItems: 1, description: 'What else the same row says, in this order.' }),
});

/**
 * What a mapping may say, as a JSON Schema.
 * @param used targets it is asked about: with all of them it takes a while to compile
 */
export function mappingSchemaFor(targets: Targets, used: ReadonlySet<string> = new Set(Object.keys(targets))): Schema {
  const expression = expressionOf([...new Set(Object.values(targets).flatMap(({ makes }) => makes ?? []))]);
  const parts = stepParts(targets);
  const allOf = Object.keys(targets).flatMap((name) => (used.has(name) ? [refer(`of ${name}`)] : []));
  const ofUsed = allOf.length > 0 ? { allOf } : {};
  const ofTargets = Object.entries(targets).flatMap((entry) =>
    used.has(entry[0]) ? [[`of ${entry[0]}`, fieldsOf(entry)] as const] : [],
  );
  const source = { ...text, description: 'Name of the file among "files"; without one the step is done once.' };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Annals import mapping',
    description: 'How rows of CSV files become commands. docs/import.md explains it.',
    ...object(
      {
        $schema: { type: 'string' },
        source: { ...text, maxLength: 100, description: 'The system the rows come from. Part of every id.' },
        description: { type: 'string' },
        at: { ...refer('expression'), description: 'Business time of the steps that name none.' },
        maps: { type: 'object', additionalProperties: { type: 'object', additionalProperties: scalar } },
        files: { type: 'object', additionalProperties: refer('file') },
        steps: listOf(refer('step'), { minItems: 1 }),
        ...formats,
      },
      { required: ['source', 'steps'] },
    ),
    definitions: {
      expression,
      condition,
      file,
      expressions: {
        ...expression,
        type: [...(expression['type'] as string[]), 'array'],
        items: refer('expression'),
      },
      step: object(
        {
          ...parts,
          file: source,
          sort: listOf(
            object(
              {
                by: refer('expression'),
                as: { enum: ['text', 'number', 'date'], description: 'How it is compared. Text unless it is said.' },
                descending: { type: 'boolean' },
              },
              { required: ['by'] },
            ),
            { minItems: 1, description: 'In which order rows are done, where that is not the order of the file.' },
          ),
        },
        {
          required: ['target'],
          ...ofUsed,
        },
      ),
      furtherStep: object(parts, {
        required: ['target'],
        ...ofUsed,
      }),
      ...Object.fromEntries(ofTargets),
    },
  };
}

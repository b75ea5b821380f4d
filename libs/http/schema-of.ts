import type { SchemaObject } from '@nestjs/swagger';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import { Stated } from './validation.js';

export type Class = abstract new () => object;
type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** A class of fields as JSON Schema, and the classes that its fields are made of. */
export interface Described {
  readonly schema: SchemaObject & { properties: Record<string, SchemaObject>; required: string[] };
  readonly parts: readonly Class[];
}

/** What the checks of class-validator say, by their names. Checks of our own bring it along as `Stated`. */
const STATED: Readonly<Record<string, (limit: never) => SchemaObject>> = {
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isBoolean: () => ({ type: 'boolean' }),
  isString: () => ({ type: 'string' }),
  isObject: () => ({ type: 'object' }),
  isArray: () => ({ type: 'array' }),
  arrayUnique: () => ({ uniqueItems: true }),
  isIn: (values: readonly string[]) => ({ type: 'string', enum: [...values] }),
  min: (minimum: number) => ({ minimum }),
  max: (maximum: number) => ({ maximum }),
  minLength: (minLength: number) => ({ minLength }),
  maxLength: (maxLength: number) => ({ maxLength }),
  arrayMinSize: (minItems: number) => ({ minItems }),
  arrayMaxSize: (maxItems: number) => ({ maxItems }),
  matches: (pattern: RegExp) => ({ type: 'string', pattern: pattern.source }),
};

/**
 * What the validation of a class takes, as JSON Schema: derived from the same decorators, so that it cannot say anything else.
 * @throws when a decorator has no words in JSON Schema: the description would leave out what is refused
 */
export function schemaOf(target: Class): Described {
  const storage = getMetadataStorage();
  const metadata = storage.getTargetValidationMetadatas(target, '', true, false);
  const fields = Object.entries(storage.groupByPropertyName(metadata)).map(
    ([name, checks]) => [name, fieldOf(target, name, checks)] as const,
  );
  const beside = metadata.flatMap(({ constraints }) =>
    constraints?.[0] instanceof Stated ? (constraints[0].beside ?? []) : [],
  );
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(fields.map(([name, { schema }]) => [name, schema])),
      required: fields.flatMap(([name, { mayBeLeftOut }]) => (mayBeLeftOut ? [] : [name])),
      additionalProperties: false,
      ...(beside.length > 0 && { anyOf: beside }),
    },
    parts: fields.flatMap(([, { part }]) => part ?? []),
  };
}

function fieldOf(target: Class, name: string, checks: readonly Metadata[]) {
  const conditions = checks.filter(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION);
  const isPassedOver = (value: unknown) =>
    conditions.some(({ constraints: [holds] }) => !(holds as Condition)({ [name]: value }, value));
  const stated = (each: boolean) =>
    Object.assign({}, ...checks.filter((check) => (check.each ?? false) === each).map(saidBy)) as SchemaObject;
  const part = partOf(target, name, checks);
  const whole: SchemaObject = stated(false);
  const items = part ? { $ref: refOf(part) } : stated(true);
  const value = whole.type === 'array' ? { ...whole, items } : part ? items : whole;
  const schema = isPassedOver(null) ? orNull(value) : value;
  return { schema: schema as SchemaObject, mayBeLeftOut: isPassedOver(undefined), part };
}

type Condition = (object: object, value: unknown) => boolean;

/** @throws when it says nothing */
function saidBy({ type, name = type, constraints, target, propertyName }: Metadata): SchemaObject {
  if (type === ValidationTypes.CONDITIONAL_VALIDATION || type === ValidationTypes.NESTED_VALIDATION) return {};
  const [limit] = (constraints ?? []) as unknown[];
  if (limit instanceof Stated) return limit.schema;
  const stated = STATED[name];
  if (!stated || (limit instanceof RegExp && limit.flags.replace('u', '') !== '')) {
    const place = `${typeof target === 'string' ? target : target.name}.${propertyName}`;
    throw new Error(`${name} of ${place} cannot be said in JSON Schema: give the check a Stated schema.`);
  }
  return stated(limit as never);
}

/** The class that `@Type` names for a field: what class-transformer makes of an object there. */
function partOf(target: Class, name: string, checks: readonly Metadata[]): Class | undefined {
  const nested = checks.find(({ type }) => type === ValidationTypes.NESTED_VALIDATION);
  if (!nested) return undefined;
  const made = plainToInstance(target as new () => Record<string, object>, { [name]: nested.each ? [{}] : {} })[name];
  return (nested.each ? (made as object[])[0]! : made!).constructor as Class;
}

export const refOf = ({ name }: Class): string => `#/components/schemas/${name}`;

function orNull(schema: object): object {
  if ('$ref' in schema) return { anyOf: [schema, { type: 'null' }] };
  const { type, enum: values } = schema as SchemaObject;
  return { ...schema, type: [type, 'null'], ...(values && { enum: [...(values as unknown[]), null] }) };
}

import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import type { Problems } from '../commands/problems.js';

/** Longest text of any field, in characters: what is longer is refused before patterns are tried on it. */
export const LONGEST_TEXT = 10_000;

export type Form = new () => object;

/** The shape of one field of a form, as its decorators say. */
interface FieldShape {
  /** Greatest number of items; only lists have one. */
  readonly most?: number;
  /** The form of the object, or of every item of the list. */
  readonly form?: Form;
}

const shapes = new Map<Form, ReadonlyMap<string, FieldShape>>();

/**
 * The fields of a form. Collected once for each form.
 * @throws Error for a list without `ArrayMaxSize`
 */
export function shapeOf(form: Form): ReadonlyMap<string, FieldShape> {
  const known = shapes.get(form);
  if (known) return known;
  const storage = getMetadataStorage();
  const rules = storage.groupByPropertyName(storage.getTargetValidationMetadatas(form, '', false, false));
  const shape = new Map<string, FieldShape>();
  for (const [field, ofField] of Object.entries(rules)) {
    const most = ofField.find(({ name }) => name === 'arrayMaxSize')?.constraints[0] as number | undefined;
    const isList = ofField.some(({ name }) => name === 'isArray');
    if (isList !== (most !== undefined))
      throw new Error(`${form.name}.${field}: a list takes IsArray and ArrayMaxSize`);
    const isNested = ofField.some(({ type }) => type === ValidationTypes.NESTED_VALIDATION);
    shape.set(field, {
      ...(most !== undefined && { most }),
      ...(isNested && { form: nestedForm(form, field, isList) }),
    });
  }
  shapes.set(form, shape);
  return shape;
}

/** class-transformer makes an object of the class that `Type` names; nothing else tells which one that is. */
function nestedForm(form: Form, field: string, isList: boolean): Form {
  const made = plainToInstance(form, { [field]: isList ? [{}] : {} }) as Record<string, unknown>;
  const nested = (isList ? (made[field] as unknown[])[0] : made[field]) as object;
  return nested.constructor as Form;
}

/**
 * A value with only those fields that have the shape their form asks for; what is wrong with the others is noted. The work
 * grows with the number of fields that are there, and lists are measured before their items are looked at: the libraries that
 * convert and validate compare fields and items pairwise, which on a large body takes minutes.
 */
export function shaped(value: object, form: Form, problems: Problems, path = ''): Record<string, unknown> {
  const shape = shapeOf(form);
  const kept: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const field = shape.get(name);
    if (!field) problems.unknown(path, name);
    else keep(kept, name, (value as Record<string, unknown>)[name], field, problems, path);
  }
  return kept;
}

function keep(
  kept: Record<string, unknown>,
  name: string,
  value: unknown,
  { most, form }: FieldShape,
  problems: Problems,
  path: string,
): void {
  const wrong = most !== undefined ? wrongList(value, most, form) : form ? wrongObject(value) : wrongText(value);
  if (wrong !== undefined) problems.note(path, name, `${name} ${wrong}`);
  else if (form && Array.isArray(value)) kept[name] = objects(value, name, form, problems, path);
  else if (form && isObject(value)) kept[name] = shaped(value, form, problems, `${path}${name}.`);
  else kept[name] = value;
}

function objects(list: readonly unknown[], name: string, form: Form, problems: Problems, path: string): unknown[] {
  return list.map((item, index) => {
    if (isObject(item)) return shaped(item, form, problems, `${path}${name}.${index}.`);
    problems.note(`${path}${name}.`, String(index), `each value in ${name} must be an object`);
    return null;
  });
}

/** What is left out, null or of another kind is judged by the decorators of the field. */
function wrongList(value: unknown, most: number, form: Form | undefined): string | undefined {
  if (!Array.isArray(value)) return isObject(value) ? 'must be an array' : wrongText(value);
  if (value.length > most) return `must contain no more than ${most} elements`;
  const wrong = form ? undefined : value.map(wrongText).find((found) => found !== undefined);
  return wrong && `holds a value that ${wrong}`;
}

function wrongObject(value: unknown): string | undefined {
  return value === undefined || value === null || isObject(value) ? undefined : 'must be an object';
}

function wrongText(value: unknown): string | undefined {
  if (typeof value === 'object' && value !== null) return 'must be a single value';
  if (typeof value !== 'string' || value.length <= LONGEST_TEXT) return undefined;
  return `must have at most ${LONGEST_TEXT} characters`;
}

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { Invalid } from '../errors.js';
import type { Mapping } from './mapping.js';
import { mappingSchemaFor } from './mapping-schema.js';
import { mappingInvalid } from './plan.js';
import type { Targets } from './steps/step.js';

/** What a mapping file says. @throws Invalid `mapping-unreadable` */
export async function readMapping(path: string): Promise<unknown> {
  try {
    return JSON.parse((await readFile(path, 'utf8')).replace(/^\ufeff/, ''));
  } catch (error) {
    throw new Invalid('mapping-unreadable', `The mapping ${path} cannot be read: ${(error as Error).message}.`, {
      path,
    });
  }
}

/** @throws Invalid `mapping-invalid`, naming all that its form is not */
export function checkedMapping(mapping: unknown, targets: Targets): Mapping {
  const validate = validatorFor(targets, targetsIn(mapping));
  if (validate(mapping)) return mapping as Mapping;
  throw mappingInvalid([...new Set((validate.errors ?? []).flatMap(problemOf))]);
}

const ajv = new Ajv({ allErrors: true, strictTypes: false, verbose: true });
const validators = new WeakMap<Targets, Map<string, ValidateFunction>>();

/** Validator for these targets; cached, since compiling takes longer than a small import. */
function validatorFor(targets: Targets, used: ReadonlySet<string>): ValidateFunction {
  const known = [...used].filter((name) => Object.hasOwn(targets, name)).toSorted();
  const compiled = validators.get(targets) ?? new Map<string, ValidateFunction>();
  const validator = compiled.get(known.join()) ?? ajv.compile(mappingSchemaFor(targets, new Set(known)));
  validators.set(targets, compiled.set(known.join(), validator));
  return validator;
}

/** Message of an error. For a value that fits no alternative, the title of the choice says more than all single errors. */
function problemOf(error: ErrorObject): string[] {
  const { keyword, instancePath, schemaPath, params, parentSchema, message = 'is wrong' } = error;
  if (keyword === 'if' || /\/oneOf\/\d/.test(schemaPath)) return [];
  const path = instancePath
    .slice(1)
    .replace(/\/(\d+)/g, '[$1]')
    .replaceAll('/', '.')
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
  const place = path === '' ? 'the mapping' : path;
  if (keyword === 'additionalProperties')
    return [`${place} has an entry "${String(params['additionalProperty'])}", which means nothing here`];
  if (keyword === 'required') return [`${place} needs "${String(params['missingProperty'])}"`];
  if (keyword === 'oneOf') return [`${place} must be ${String((parentSchema as { title?: string }).title)}`];
  if (keyword === 'enum')
    return [`${place} must be one of ${(params['allowedValues'] as readonly unknown[]).join(', ')}`];
  return [`${place} ${message}`];
}

/** All values of keys named `target`, at any depth. */
function targetsIn(value: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (typeof value !== 'object' || value === null) return found;
  if ('target' in value && typeof value.target === 'string') found.add(value.target);
  for (const part of Object.values(value)) targetsIn(part, found);
  return found;
}

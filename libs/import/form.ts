import { getMetadataStorage, validateSync, ValidationTypes } from 'class-validator';
import type { ValidationArguments, ValidationError } from 'class-validator';
import { Refusal } from '../errors.js';
import { ImportedMoney, isMoney } from './imported-money.js';
import type { Values } from './steps/step.js';

/**
 * The values in the form the API asks of the same command.
 * @throws Refusal `value-invalid`, naming all that is wrong
 */
export function formed<Form extends object>(form: new () => Form, values: Values): Form {
  const body = new form();
  for (const [name, value] of Object.entries(values)) {
    (body as Record<string, unknown>)[name] = isMoney(value) ? Object.assign(new ImportedMoney(), value) : value;
  }
  if (fits(body)) return body;
  const errors = validateSync(body);
  if (errors.length === 0) return body;
  throw new Refusal('value-invalid', messagesOf(errors).join('; '), { fields: errors.map(({ property }) => property) });
}

const messagesOf = (errors: readonly ValidationError[]): string[] =>
  errors.flatMap(({ constraints = {}, children = [] }) => [...Object.values(constraints), ...messagesOf(children)]);

/** What the decorators of one property ask. */
interface Checks {
  readonly property: string;
  /** All of them must hold for the rest to be asked. */
  readonly conditions: readonly ((object: object, value: unknown) => boolean)[];
  readonly rules: readonly ((object: object, value: unknown) => boolean)[];
  readonly nested: boolean;
}

const checks = new Map<unknown, readonly Checks[] | undefined>();

/**
 * Whether a body fits its decorators. class-validator collects the rules anew for every object, which for many thousand rows
 * takes longer than deciding on them; here they are collected once. What is not plainly right is left to class-validator.
 */
export function fits(body: object): boolean {
  const form = body.constructor;
  if (!checks.has(form)) checks.set(form, checksOf(form));
  return checks.get(form)?.every((each) => holds(each, body)) ?? false;
}

function holds({ property, conditions, rules, nested }: Checks, body: object): boolean {
  const value = (body as Record<string, unknown>)[property];
  if (!conditions.every((condition) => condition(body, value))) return true;
  if (!rules.every((rule) => rule(body, value))) return false;
  if (!nested || value === undefined) return true;
  const parts = Array.isArray(value) ? (value as unknown[]) : [value];
  return parts.every((part) => typeof part === 'object' && part !== null && !Array.isArray(part) && fits(part));
}

/** @returns undefined for a form that asks for something this does not know */
function checksOf(form: unknown): readonly Checks[] | undefined {
  const storage = getMetadataStorage();
  const all = storage.getTargetValidationMetadatas(form as () => void, '', false, false);
  const byProperty = Object.entries(storage.groupByPropertyName(all));
  const known: readonly string[] = [
    ValidationTypes.CUSTOM_VALIDATION,
    ValidationTypes.CONDITIONAL_VALIDATION,
    ValidationTypes.NESTED_VALIDATION,
  ];
  if (byProperty.length === 0 || all.some(({ type, validateIf }) => !known.includes(type) || validateIf))
    return undefined;
  return byProperty.map(([property, metadata]) => ({
    property,
    conditions: metadata.flatMap(({ type, constraints }) =>
      type === ValidationTypes.CONDITIONAL_VALIDATION ? [constraints[0] as Checks['conditions'][number]] : [],
    ),
    rules: metadata.flatMap((rule) =>
      storage
        .getTargetValidatorConstraints(rule.constraintCls)
        .map(({ instance }): Checks['rules'][number] => (object, value) => {
          const told: ValidationArguments = { targetName: '', property, object, value, constraints: rule.constraints };
          const values = rule.each && Array.isArray(value) ? (value as unknown[]) : [value];
          return values.every((each) => instance.validate(each, told) === true);
        }),
    ),
    nested: metadata.some(({ type }) => type === ValidationTypes.NESTED_VALIDATION),
  }));
}

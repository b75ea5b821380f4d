import type { AnyCommand } from '../commands/command.js';
import { withFormerCurrencies } from '../commands/fields.js';
import { Refusal } from '../errors.js';
import { isMoney } from '../money.js';
import type { Money } from '../money.js';

/** The money whose amount a path names. */
function moneyAt(values: object, path: readonly PropertyKey[]): Money | undefined {
  if (path.at(-1) !== 'amount') return undefined;
  const inside = (value: unknown, key: PropertyKey) => (value as Record<PropertyKey, unknown> | undefined)?.[key];
  const found = path.slice(0, -1).reduce<unknown>(inside, values);
  return isMoney(found) ? found : undefined;
}

/**
 * Makes a command from the values of a row, validated by the form that the API uses.
 * @param parts nested objects whose fields are top-level fields of a row; refusals name them as the row does
 * @throws Refusal `value-invalid`, naming all problems
 */
export function asked<C extends AnyCommand>(
  command: C,
  about: string,
  values: object,
  parts: readonly string[] = [],
): InstanceType<C> {
  const { data, error } = withFormerCurrencies(() => command.form.safeParse(values));
  if (!error) return new command(about, data as never) as InstanceType<C>;
  const wrong = error.issues.map(({ path, message }) => {
    const isInPart = path.length > 1 && parts.includes(String(path[0]));
    const money = moneyAt(values, path);
    const field = path.slice(isInPart ? 1 : 0, money ? -1 : undefined).join('.');
    // A row has an amount in main units, in one cell.
    return { field, message: money && money.amount < 0 ? 'must not be below zero' : message };
  });
  throw new Refusal('value-invalid', wrong.map(({ field, message }) => `${field} ${message}`).join('; '), {
    fields: [...new Set(wrong.map(({ field }) => field.split('.')[0]))],
  });
}

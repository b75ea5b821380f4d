import { Refusal } from '../errors.js';
import { isMoney, lastDayOf } from '../money.js';
import type { Values } from './steps/step.js';

/**
 * @param at business time of what the values are recorded with
 * @throws Refusal `currency-former` for an amount in a currency that was no money any more
 */
export function checkCurrencies(values: Values, at: string): void {
  for (const [field, value] of Object.entries(values)) {
    if (!isMoney(value)) continue;
    const last = lastDayOf(value.currency);
    if (last === undefined || at.slice(0, 10) <= last) continue;
    throw new Refusal('currency-former', `${value.currency} was money until ${last}.`, { field, last });
  }
}

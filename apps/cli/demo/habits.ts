import { DAY, MINUTE, monthOf } from './calendar.js';
import type { Calendar } from './calendar.js';
import { products } from './market.js';
import type { Habit } from './portrait.js';
import type { Random } from './random.js';

export interface Purchase {
  readonly at: number;
  /** Minor units. */
  readonly amount: number;
  readonly product: string;
}

/** An order is entered a moment after it came. */
export const purchaseRecordedAt = (at: number): number => at + MINUTE;

/** Days from one purchase to the next, how that changes with each, and how likely each is the last. */
const RHYTHM: Readonly<Record<Habit, { readonly days: number; readonly slower: number; readonly stops: number }>> = {
  never: { days: 0, slower: 1, stops: 1 },
  once: { days: 0, slower: 1, stops: 1 },
  regular: { days: 32, slower: 1.01, stops: 0.08 },
  growing: { days: 40, slower: 0.95, stops: 0.03 },
  fading: { days: 26, slower: 1.3, stops: 0.12 },
  seasonal: { days: 24, slower: 1, stops: 0.04 },
};

/** Least days between two purchases. */
const SOONEST = 9;

/** What a customer buys of its own accord after its first purchase. */
export function purchasesAfter(
  first: number,
  habit: Habit,
  size: number,
  random: Random,
  calendar: Calendar,
): readonly Purchase[] {
  const purchases: Purchase[] = [];
  const { slower, stops, ...rhythm } = RHYTHM[habit];
  let { days } = rhythm;
  for (let at = first; !random.chance(stops); days = Math.max(SOONEST, days * slower)) {
    at = calendar.working(random, at + random.spread(days) * DAY);
    if (habit === 'seasonal') at = nextWinter(random, calendar, at);
    if (at > calendar.end) break;
    const product = random.pick(Object.keys(products));
    const pieces = Math.max(1, Math.round(size * random.spread(habit === 'growing' ? 2 + purchases.length / 4 : 1.6)));
    purchases.push({ at, product, amount: products[product]! * pieces * 100 });
  }
  return purchases;
}

/** The same moment, unless it lies between February and September: then one of the next October. */
function nextWinter(random: Random, calendar: Calendar, at: number): number {
  let moved = at;
  while (monthOf(moved) > 0 && monthOf(moved) < 9) moved += 5 * DAY;
  return moved === at ? at : calendar.working(random, moved);
}

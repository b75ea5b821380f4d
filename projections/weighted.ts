/**
 * So many percent of an amount in minor units, rounded half up: what an uncertain amount is worth in a forecast. Whole hundreds
 * and the rest by themselves, because a hundred times an amount may be more than a number holds exactly.
 */
export function weighted(amount: number, percent: number): number {
  const rest = amount % 100;
  const hundredths = rest * percent + 50;
  return ((amount - rest) / 100) * percent + (hundredths - (hundredths % 100)) / 100;
}

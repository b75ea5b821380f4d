/** So many percent of an amount in minor units, rounded half up: what an uncertain amount is worth in a forecast. */
export function weighted(amount: number, percent: number): number {
  const hundredths = amount * percent + 50;
  return (hundredths - (hundredths % 100)) / 100;
}

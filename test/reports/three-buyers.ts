import { Reporting } from './reporting.js';
import { bought, idOf, registered, START } from './shop.js';

export const [ada, ben, eve] = [idOf(0), idOf(1), idOf(2)] as const;

/** The first of them comes back twice and the third once; the second buys in the last hour of a month. */
export async function threeCustomers(zone?: string): Promise<Reporting> {
  const reporting = new Reporting(zone);
  await reporting.record(
    registered(ada, START, 'important'),
    registered(ben, START),
    registered(eve, START),
    bought(ada, '2024-01-10T10:00:00.000Z'),
    bought(ada, '2024-02-10T10:00:00.000Z'),
    bought(ada, '2024-04-10T10:00:00.000Z'),
    bought(ben, '2024-01-31T23:30:00.000Z'),
    bought(eve, '2024-02-20T10:00:00.000Z'),
    bought(eve, '2024-03-20T10:00:00.000Z'),
  );
  return reporting;
}

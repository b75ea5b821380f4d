import { RecordPurchase } from '../../../libs/customers/commands.js';
import { idFrom } from '../../../libs/ids.js';
import { DAY, HOUR, MINUTE } from './calendar.js';
import type { Calendar } from './calendar.js';
import type { Company } from './company.js';
import { DealStory } from './deals.js';
import type { Deal, Step } from './deals.js';
import { purchaseRecordedAt, purchasesAfter } from './habits.js';
import type { Purchase } from './habits.js';
import type { Habit, Portrait } from './portrait.js';
import type { Random } from './random.js';
import { Talks } from './talks.js';

/** What happens with one customer, before it is said who does it. */
export interface Life {
  readonly steps: readonly Step[];
  readonly deals: readonly Deal[];
  readonly purchases: readonly Purchase[];
}

/** Days until the next deal. */
const NEXT_DEAL: Readonly<Record<Habit, number>> = {
  never: 120,
  once: 160,
  regular: 110,
  growing: 80,
  fading: 140,
  seasonal: 170,
};
/** A customer is looked after for so long after its last order or deal. */
const CARED_FOR = 75 * DAY;

/** Deals, what is bought after the first one that is won, and the talks around both. */
export function lifeOf(customer: Portrait, random: Random, company: Company, calendar: Calendar): Life {
  const talks = new Talks(customer, random.of('talks'), calendar, 'life');
  const settled = customer.registeredAt + 1.5 * DAY;
  const deals = dealsOf(customer, random.of('deals'), company, calendar, settled);
  const purchases = bought(customer, random.of('purchases'), calendar, deals, settled);
  const steps: Step[] = [talks.talk(calendar.working(random, settled), 'first')[0]!];

  for (const deal of deals) {
    steps.push(...deal.steps);
    for (const [from, to] of deal.open) {
      for (let at = from; (at = calendar.working(random, at + random.spread(8) * DAY)) < Math.min(to, calendar.end);) {
        steps.push(...talks.talk(at, 'deal'));
      }
    }
    if (deal.won)
      steps.push(...talks.returnVisit(calendar.working(random, deal.won.at + 4 * DAY), company.service(random)));
  }
  for (const purchase of purchases) {
    const deal = deals.find(
      ({ won }) => won && won.at < purchase.at && purchase.at < won.at + 6 * DAY && won.amount === purchase.amount,
    );
    steps.push(recorded(customer, purchase, deal?.opportunityId ?? null));
    if (!deal && random.chance(0.4)) steps.push(...talks.talk(purchase.at - random.whole(1, 20) * HOUR, 'order'));
    if (random.chance(0.12)) {
      steps.push(
        ...talks.talk(
          calendar.working(random, purchase.at + random.spread(25) * DAY),
          'service',
          company.service(random),
        ),
      );
    }
  }
  const moments = [settled, ...deals.map(({ closedAt }) => closedAt), ...purchases.map(({ at }) => at)];
  for (let at = settled + 20 * DAY; (at += random.spread(38) * DAY) < calendar.end;) {
    if (moments.some((moment) => moment <= at && at < moment + CARED_FOR))
      steps.push(...talks.talk(calendar.working(random, at), 'care'));
  }
  return { steps: steps.filter(({ at }) => at > customer.registeredAt + DAY), deals, purchases };
}

function dealsOf(
  customer: Portrait,
  random: Random,
  company: Company,
  calendar: Calendar,
  settled: number,
): readonly Deal[] {
  const { customerId, habit, size, contacts, details } = customer;
  const deals: Deal[] = [];
  if (random.chance(0.12)) return deals;
  for (let at = settled + random.spread(8) * DAY; at < calendar.end - DAY;) {
    const lead = {
      customerId,
      size,
      opportunityId: idFrom('demo', 'deal', customerId, String(deals.length)),
      pipelineId: company.id('pipeline'),
      customerName: details.name,
      contactId: contacts[0].contactId,
      decides: contacts[0].details.role === 'decision_maker',
      adviser: company.service(random),
      source: deals.some(({ won }) => won) ? ('existing_customer' as const) : customer.source,
    };
    const deal = new DealStory(lead, random.of(deals.length), calendar, at).tell();
    deals.push(deal);
    const goesOn = random.chance(deal.won ? 0.7 : 0.5);
    if (!goesOn) break;
    at = calendar.inSeason(random, deal.closedAt + 10 * DAY, deal.closedAt + 2 * NEXT_DEAL[habit] * DAY);
  }
  return deals;
}

/** What the deals brought in, and what the customer bought by itself after the first time. */
function bought(
  customer: Portrait,
  random: Random,
  calendar: Calendar,
  deals: readonly Deal[],
  settled: number,
): readonly Purchase[] {
  const { habit, size } = customer;
  const fromDeals = deals.flatMap(({ won }) =>
    won
      ? [{ at: calendar.working(random, won.at + random.whole(1, 3) * DAY), amount: won.amount, product: won.product }]
      : [],
  );
  const unasked = random.chance(0.5) && habit !== 'never' ? settled + random.spread(30) * DAY : Infinity;
  const first = Math.min(unasked, ...fromDeals.map(({ at }) => at));
  if (!Number.isFinite(first)) return fromDeals;
  return [...fromDeals, ...purchasesAfter(first, habit, size, random, calendar)].sort((a, b) => a.at - b.at);
}

function recorded({ customerId }: Portrait, { at, amount, product }: Purchase, opportunityId: string | null): Step {
  const purchaseId = idFrom('demo', 'purchase', customerId, String(at), String(amount));
  const reference = `ORD-${String(Math.floor(at / MINUTE) % 1_000_000).padStart(6, '0')}`;
  const purchase = { purchaseId, amount: { amount, currency: 'EUR' }, product, reference, opportunityId };
  return { at: purchaseRecordedAt(at), command: () => new RecordPurchase(customerId, purchase) };
}

import type { Column, Columns, Kind } from './definition.js';

const of =
  (kind: Kind) =>
  (says: string): Column => ({ kind, says });
const text = of('text');
const count = of('count');
const share = of('share');
const amounts = of('amounts');
const money = of('money');
const duration = of('duration');
const now = (column: Column): Column => ({ ...column, ofTheMoment: true });

/* The figures of every report with what they mean, by basis and in the order of their columns. `docs/reports.md` lists them. */

export const funnelColumns: Columns = {
  pipeline: text('The pipeline.'),
  stage: text(
    'A stage of it, in the order of its newest version; stages that only earlier versions had stand where they stood.',
  ),
  kind: text('`open`, or how opportunities end in this stage: `won`, `lost`, `void`.'),
  entered: count('Opportunities that ever entered the stage; each counts once.'),
  reentered: count('Times that opportunities came back to it.'),
  inNow: count('Opportunities that are in it at the moment that is asked about.'),
  movedOn: count('Opportunities that ever went on from it: to a later stage, past stages, or by being won.'),
  movedBack: count('Opportunities that ever went back from it to an earlier stage.'),
  won: count('Opportunities that are won, this stage being their last one before.'),
  lost: count('Opportunities that are lost, this stage being their last one before.'),
  voided: count('Opportunities that are void, this stage being their last one before.'),
  amountAtEntry: amounts('Sum of what they were worth when they first entered the stage.'),
  conversionToNext: share('`movedOn` / `entered`; null for stages in which opportunities end.'),
  conversionFromFirst: share('`entered` / `entered` of the first stage.'),
  daysInStage: duration(
    'Time that an opportunity spent in the stage, all its stays added up; stays that have not ended are left out.',
  ),
};

export const performanceColumns: Columns = {
  won: count('Opportunities won.'),
  lost: count('Opportunities lost.'),
  winRate: share('`won` / (`won` + `lost`).'),
  wonAmount: amounts('Sum of what was won.'),
  target: amounts(
    'What was to be won, see `target-policy`; null where rows are not measured by targets or none is set.',
  ),
  attainment: of('ratios')('`wonAmount` / `target`.'),
  averageDeal: amounts('`wonAmount` / `won`, counting in each currency what was won in it; to the nearest minor unit.'),
  daysToClose: duration('Time from the registration to the end, won or lost.'),
  daysToWin: duration('The same for what was won.'),
  open: now(count('Opportunities that are open at the moment that is asked about, whatever the window is.')),
  openAmount: now(amounts('Sum of what these are worth.')),
  weightedAmount: now(
    amounts('The same, each amount times the probability of its opportunity, to the nearest minor unit.'),
  ),
};

export const retentionColumns = {
  cohort: {
    cohort: text('Month of the first purchase.'),
    customers: count('Customers that first bought in this month.'),
    repeat: count('Those of them that bought more than once, in whatever month.'),
    repeatRate: share('`repeat` / `customers`.'),
    active: of('counts')(
      'Those that bought in each month from the first on, up to the month of the moment that is asked about; 0 where none did. The last month may not be over.',
    ),
    rates: of('shares')('`active` / `customers`, month by month.'),
  },
  rolling: {
    month: text(
      'Every month from the first purchase of all to the month of the moment that is asked about, which may not be over.',
    ),
    active: count('Customers that bought in this month; 0 where none did.'),
    activeBefore: count('Customers that bought in the month before.'),
    retained: count('Customers that bought in both.'),
    retentionRate: share('`retained` / `activeBefore`.'),
  },
  churn: {
    boughtBefore: text(
      'The day that is asked about less the days of the policy. Customers that have not bought on this day or later are lost.',
    ),
    customers: count('Customers that can be lost: their first purchase lies before `boughtBefore`.'),
    churned: count('Those of them whose last purchase lies before `boughtBefore`, too.'),
    churnRate: share('`churned` / `customers`.'),
    tooNew: count(
      'Customers whose first purchase is later, so that they cannot be lost yet; no other column counts them.',
    ),
    band: share('The highest `churnRate` that the policy accepts.'),
    alert: of('flag')('Whether `churnRate` is above `band`.'),
  },
} satisfies Readonly<Record<string, Columns>>;

const currency = text('Currency of the amounts. Each has a ranking of its own, among the customers that bought in it.');
const scores = {
  recency: count('Fifth by the day of the last purchase, 1 to 5; 5 bought last.'),
  frequency: count('Fifth by the number of purchases; 5 bought most often.'),
  monetary: count('Fifth by the amount; 5 bought for most.'),
};
const counted = {
  segment: text('What the policy calls these scores.'),
  customers: count('Customers.'),
  share: share('`customers` / customers of all rows with the same dimensions and currency.'),
  purchases: count('Purchases of these customers, of all time.'),
  amount: money('Amount of these purchases.'),
};

export const rfmColumns = {
  segment: { currency, ...counted },
  class: { currency, ...scores, ...counted },
  quintile: {
    currency,
    quintile: count('5 for the best fifth down to 1. A fifth can be empty, since equal customers are never parted.'),
    byRecency: count('Customers in this fifth by recency.'),
    lastPurchaseFrom: text('Earliest day of a last purchase among them.'),
    lastPurchaseTo: text('Latest day.'),
    byFrequency: count('Customers in this fifth by frequency.'),
    purchasesFrom: count('Fewest purchases among them.'),
    purchasesTo: count('Most purchases.'),
    byMonetary: count('Customers in this fifth by monetary value.'),
    amountFrom: money('Smallest amount among them.'),
    amountTo: money('Largest amount.'),
  },
  customer: {
    currency,
    customer: text('The customer.'),
    lastPurchaseOn: text('Day of its last purchase in this currency.'),
    purchases: count('Its purchases in this currency, of all time.'),
    amount: money('Amount of these purchases.'),
    ...scores,
    segment: counted.segment,
  },
} satisfies Readonly<Record<string, Columns>>;

export const portfolioColumns = {
  held: {
    customers: count('Customers held at the moment that is asked about.'),
    share: share('`customers` / customers of all rows.'),
    buyers: count('Those of them that have bought.'),
    untouched: count('Those that have an owner and no interaction since they came to it.'),
    untouchedShare: share('`untouched` / `customers`.'),
    purchases: count('Purchases of these customers, of all time.'),
    amounts: amounts('Amounts of these purchases.'),
    received: count('Customers that came to the owner in the window.'),
    handedOn: count('Customers that went from the owner to another one in the window.'),
  },
  fairness: {
    owners: count('Owners that hold a customer, in all rows together.'),
    customers: count('Customers that have an owner.'),
    unowned: count('Customers that have none.'),
    untouched: count('Customers without interaction since they came to their owner.'),
    untouchedShare: share('`untouched` / `customers`.'),
    largestShare: share('Customers of the owner that holds most / `customers`.'),
    gini: of('index')(
      'Gini coefficient of customers over owners: 0 when all hold as many, towards 1 when one holds everything. Owners that hold none of a row count as holding 0.',
    ),
    giniOfAmounts: of('indexes')('The same for the amounts their customers have bought for.'),
  },
} satisfies Readonly<Record<string, Columns>>;

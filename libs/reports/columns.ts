import type { Columns } from './report.js';

/** The figures of every report, by basis and in the order of their columns. */
export const funnelColumns: Columns = {
  pipeline: 'text',
  stage: 'text',
  kind: 'text',
  entered: 'count',
  reentered: 'count',
  inNow: 'count',
  movedOn: 'count',
  movedBack: 'count',
  won: 'count',
  lost: 'count',
  voided: 'count',
  amountAtEntry: 'amounts',
  conversionToNext: 'share',
  conversionFromFirst: 'share',
  daysInStage: 'duration',
};

export const performanceColumns: Columns = {
  won: 'count',
  lost: 'count',
  winRate: 'share',
  wonAmount: 'amounts',
  target: 'amounts',
  attainment: 'ratios',
  averageDeal: 'amounts',
  daysToClose: 'duration',
  daysToWin: 'duration',
  open: 'count',
  openAmount: 'amounts',
  weightedAmount: 'amounts',
};

export const retentionColumns: Readonly<Record<string, Columns>> = {
  cohort: {
    cohort: 'text',
    customers: 'count',
    repeat: 'count',
    repeatRate: 'share',
    active: 'counts',
    rates: 'shares',
  },
  rolling: { month: 'text', active: 'count', activeBefore: 'count', retained: 'count', retentionRate: 'share' },
  churn: {
    boughtBefore: 'text',
    customers: 'count',
    churned: 'count',
    churnRate: 'share',
    band: 'share',
    alert: 'flag',
  },
};

const counted: Columns = { segment: 'text', customers: 'count', share: 'share', purchases: 'count', amount: 'money' };
const scores: Columns = { recency: 'count', frequency: 'count', monetary: 'count' };

export const rfmColumns: Readonly<Record<string, Columns>> = {
  segment: { currency: 'text', ...counted },
  class: { currency: 'text', ...scores, ...counted },
  quintile: {
    currency: 'text',
    quintile: 'count',
    byRecency: 'count',
    lastPurchaseFrom: 'text',
    lastPurchaseTo: 'text',
    byFrequency: 'count',
    purchasesFrom: 'count',
    purchasesTo: 'count',
    byMonetary: 'count',
    amountFrom: 'money',
    amountTo: 'money',
  },
  customer: {
    currency: 'text',
    customer: 'text',
    lastPurchaseOn: 'text',
    purchases: 'count',
    amount: 'money',
    ...scores,
    segment: 'text',
  },
};

export const portfolioColumns: Readonly<Record<string, Columns>> = {
  held: {
    customers: 'count',
    share: 'share',
    buyers: 'count',
    untouched: 'count',
    untouchedShare: 'share',
    purchases: 'count',
    amounts: 'amounts',
    received: 'count',
    handedOn: 'count',
  },
  fairness: {
    owners: 'count',
    customers: 'count',
    unowned: 'count',
    untouched: 'count',
    untouchedShare: 'share',
    largestShare: 'share',
    gini: 'index',
    giniOfAmounts: 'indexes',
  },
};

import type { OpportunityGrade } from '../../../libs/opportunities/events.js';

/** What is sold, at which price in whole euros. */
export const products: Readonly<Record<string, number>> = {
  'Flow Meter S': 1_900,
  'Flow Meter L': 6_400,
  'Control Unit': 9_800,
  Gateway: 3_200,
  'Calibration Kit': 750,
  'Service Plan': 2_600,
};
/** What is asked for, how often. */
export const WANTED = {
  'Flow Meter S': 5,
  'Flow Meter L': 4,
  'Control Unit': 4,
  Gateway: 3,
  'Calibration Kit': 2,
  'Service Plan': 2,
};

/** How likely it is to get on from a stage, and how many days that takes. */
export const PACE = [
  { onward: 0.84, days: 5 },
  { onward: 0.77, days: 9 },
  { onward: 0.68, days: 14 },
  { onward: 0.8, days: 11 },
  { onward: 0.92, days: 4 },
] as const;
/** How good chances are, how often, and how much likelier that makes it to get on. */
export const GRADES = { A: 2, B: 4, C: 3, D: 1 };
export const HOPE: Readonly<Record<OpportunityGrade, number>> = { A: 1.14, B: 1.03, C: 0.94, D: 0.8 };
/** Why deals are lost, early and late. */
export const EARLY = { no_need: 5, no_response: 4, no_budget: 3, timing: 2, other: 1 };
export const LATE = { price: 6, competitor: 4, no_decision: 3, timing: 2, product: 1, other: 1 };

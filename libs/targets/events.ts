import type { Money } from '../money.js';
import type { Personal } from '../personal.js';
import { shiftMonth } from '../time.js';

/** Figures that a target can be set for. `won-amount` is what the opportunities won in the period come to. */
export const kpis = ['won-amount'] as const;
export type Kpi = (typeof kpis)[number];

export const targetSubjectKinds = ['employee', 'org-unit'] as const;
export type TargetSubjectKind = (typeof targetSubjectKinds)[number];

/** Whose target it is. */
export interface TargetSubject {
  readonly kind: TargetSubjectKind;
  readonly id: string;
}

/** Everything that can happen to a target. Stored for ever: add, never rename or remove. Each event names whose it is. */
export type TargetEvents = {
  /** What a figure of an employee or a unit is to come to in a period was laid down; also anew, after it was withdrawn. */
  TargetSet: { targetId: string; kpi: Kpi; subject: TargetSubject; period: string; value: Money };

  /** It is to come to something else, in the same currency. */
  TargetRevised: { targetId: string; subject: TargetSubject; from: Money; to: Money; reason: string };

  /** There is no such target any more. */
  TargetWithdrawn: { targetId: string; subject: TargetSubject; reason: string };
};

/** Personal values, and whose they are: why an employee is expected to achieve more or less. */
export const personal = {
  TargetRevised: [{ of: 'subject.id', paths: ['reason'] }],
  TargetWithdrawn: [{ of: 'subject.id', paths: ['reason'] }],
} as const satisfies Personal<TargetEvents>;

/** A calendar year `2026`, a quarter of one `2026-Q1` or a month `2026-01`. */
export const PERIOD = /^[12]\d{3}(-(Q[1-4]|0[1-9]|1[0-2]))?$/;

/** The next finer periods that make up a period: quarters of a year, months of a quarter, nothing of a month. */
export function partsOf(period: string): readonly string[] {
  const [year, part] = period.split('-');
  if (part === undefined) return ['Q1', 'Q2', 'Q3', 'Q4'].map((quarter) => `${year}-${quarter}`);
  if (!part.startsWith('Q')) return [];
  const last = 3 * Number(part.slice(1));
  return [last - 2, last - 1, last].map((month) => `${year}-${String(month).padStart(2, '0')}`);
}

/** The first day of a period, and the day after its last one. */
export function daysOf(period: string): { readonly from: string; readonly to: string } {
  const parts = partsOf(period);
  if (parts.length === 0) return { from: `${period}-01`, to: `${shiftMonth(period, 1)}-01` };
  return { from: daysOf(parts[0]!).from, to: daysOf(parts.at(-1)!).to };
}

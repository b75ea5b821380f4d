import { compare, placeOf } from '../libs/reports/figures.js';
import type { Policy, Question } from '../libs/reports/report.js';
import type { ShareOfCurrency } from '../libs/reports/answer.js';
import type { MoneySum } from '../libs/money.js';
import { daysOf, partsOf } from '../libs/targets/events.js';
import type { TargetSubjectKind } from '../libs/targets/events.js';
import { ratio, sumOf, wholeOf, written } from '../libs/whole.js';
import type { Whole } from '../libs/whole.js';
import type { TargetLine } from '../projections/target-list.js';

/** A target as far as a report compares figures with it. */
export type TargetOf = Pick<TargetLine, 'subject' | 'period' | 'value'>;

/** How targets are added up, and what rows they stand beside. */
export const targetPolicy: Policy = {
  name: 'target-policy',
  version: 1,
  says:
    'Of an employee or unit, the targets count whose periods lie in the window as a whole; without a window, all. Each month ' +
    'counts once: finer periods stand for a coarser one where they cover the whole of it, and are parts of it where they do not. ' +
    'So three months, or a quarter, or a quarter of which one month is known too, come to one quarter. Rows have a target when ' +
    'they are kept apart by employee or by unit, and by nothing that divides what the target is set for: by month, they have the ' +
    'targets of months. A target of a unit is that of the unit itself, whatever its parts have.',
};

/** Dimensions of reports under which those stand who have targets. */
const DIMENSIONS: Readonly<Record<TargetSubjectKind, string>> = { employee: 'employee', 'org-unit': 'orgUnit' };

/** Whose targets the rows of an answer are measured by; undefined when they have none. */
export function measured({ by, where }: Question): TargetSubjectKind | undefined {
  const [dimension, ...others] = by.filter((each) => each !== 'month' && each !== 'currency');
  const subject = (Object.keys(DIMENSIONS) as TargetSubjectKind[]).find((kind) => DIMENSIONS[kind] === dimension);
  const parts = [...others, ...Object.keys(where)].filter((each) => each !== dimension && each !== 'currency');
  return parts.length === 0 ? subject : undefined;
}

/** Where the subject of a target stands in a report. */
export const keyOfSubject = ({ subject }: TargetOf): Readonly<Record<string, string>> => ({
  [DIMENSIONS[subject.kind]]: subject.id,
});

/** What was to be achieved in one row. */
export interface Planned {
  readonly key: Readonly<Record<string, string>>;
  readonly target: readonly MoneySum[];
}

/** The targets of those that rows are measured by, by the place of their row. */
export function plannedIn(question: Question, targets: readonly TargetOf[]): ReadonlyMap<string, Planned> {
  const { by } = question;
  const rows = Map.groupBy(
    targets.filter((target) => counts(target, question)).map((target) => ({ key: keyOf(target, by), target })),
    ({ key }) => placeOf(key, by),
  );
  return new Map(
    [...rows].map(([place, same]) => {
      const target = addedUp(same.map((each) => each.target));
      return [place, { key: same[0]!.key, target }];
    }),
  );
}

function counts(target: TargetOf, { from, to, by, where }: Question): boolean {
  const days = daysOf(target.period);
  if ((from !== undefined && days.from < from) || (to !== undefined && days.to > to)) return false;
  if (by.includes('month') && partsOf(target.period).length > 0) return false;
  const key: Readonly<Record<string, string>> = { ...keyOfSubject(target), currency: target.value.currency };
  return Object.entries(where).every(([dimension, wanted]) => wanted.includes(key[dimension] ?? null));
}

function keyOf(target: TargetOf, by: readonly string[]): Planned['key'] {
  const key = { ...keyOfSubject(target), month: target.period, currency: target.value.currency };
  return Object.fromEntries(Object.entries(key).filter(([dimension]) => by.includes(dimension)));
}

/** Targets of one subject, one amount per currency. */
export function addedUp(targets: readonly TargetOf[]): readonly MoneySum[] {
  return [...Map.groupBy(targets, ({ value }) => value.currency)]
    .map(([currency, same]) => {
      const amounts = new Map(same.map(({ period, value }) => [period, value.amount]));
      const years = new Set(same.map(({ period }) => period.slice(0, 4)));
      return { amount: written(sumOf([...years].map((year) => within(year, amounts).amount))), currency };
    })
    .sort((a, b) => compare(a.currency, b.currency));
}

/** What the targets within a period come to; `whole` when they are for all of it. */
function within(period: string, amounts: ReadonlyMap<string, number>): { amount: Whole; whole: boolean } {
  const parts = partsOf(period).map((part) => within(part, amounts));
  const own = amounts.get(period);
  const whole = parts.length > 0 && parts.every((part) => part.whole);
  if (own !== undefined && !whole) return { amount: own, whole: true };
  return { amount: sumOf(parts.map((part) => part.amount)), whole };
}

/** How much of its target was achieved, currency by currency. */
export const attained = (target: readonly MoneySum[], achieved: readonly MoneySum[]): readonly ShareOfCurrency[] =>
  target.map(({ amount, currency }) => {
    const reached = achieved.find((each) => each.currency === currency)?.amount ?? 0;
    return { currency, share: ratio(wholeOf(reached), wholeOf(amount)) };
  });

import { Refusal } from './errors.js';
import { frequencyOn, rhythms } from './frequency.js';
import { normalForm } from './text.js';
import { dayNumber, tiers, within } from './tiering.js';
import type { Activity } from './tiering.js';
import { plus, written } from './whole.js';
import type { Whole, WrittenWhole } from './whole.js';

/*
 * Which customers belong to a segment: those for which all conditions hold of one of its groups. What a condition looks at follows from
 * what is known of the customer, and of the day. Days are those of UTC.
 */

/** Looked at by words: one of those that are named, or whether it is known. */
export const wordFields = [
  'kind',
  'status',
  'tier',
  'region',
  'sector',
  'source',
  'owner',
  'pool',
  'tag',
  'product',
  'channel',
  'rhythm',
] as const;
/** Looked at by numbers. */
export const numberFields = ['employees', 'established-in', 'amount', 'purchases', 'products', 'interactions'] as const;
/** Days that have passed since; of these and of what is counted in a window, the passing of time alone changes the answer. */
export const dayFields = [
  'days-since-purchase',
  'days-since-interaction',
  'days-since-registration',
  'days-held',
  'days-overdue',
] as const;
export const segmentFields = [...wordFields, ...numberFields, ...dayFields] as const;
export type SegmentField = (typeof segmentFields)[number];

/** What can be counted in a window of days. */
const windowed: ReadonlySet<SegmentField> = new Set(['product', 'amount', 'purchases', 'products', 'interactions']);
const isWord = (field: SegmentField): boolean => (wordFields as readonly string[]).includes(field);

/** The words of those fields that have only so many. */
export type Vocabularies = Readonly<Partial<Record<SegmentField, readonly string[]>>>;

/** What is not asked for is null. What is not known answers no to everything but `isKnown: false`. */
export interface SegmentCondition {
  readonly field: SegmentField;
  /** Turns the answer round. */
  readonly not: boolean;
  /** Empty where words are not asked for. */
  readonly is: readonly string[];
  readonly isKnown: boolean | null;
  /** Both included; amounts in minor units. */
  readonly atLeast: number | null;
  readonly atMost: number | null;
  /** So many days count, today included; null for all. */
  readonly withinDays: number | null;
  /** Of amounts: purchases in another currency do not count. */
  readonly currency: string | null;
}

export interface SegmentRules {
  readonly anyOf: readonly { readonly allOf: readonly SegmentCondition[] }[];
}

/** A version of a segment that is in force. */
export interface Segment extends SegmentRules {
  readonly segmentId: string;
  readonly version: number;
}

/** What conditions look at of a customer. */
export interface Segmented extends Activity {
  readonly words: Readonly<Partial<Record<SegmentField, readonly string[]>>>;
  readonly employees: number | null;
  readonly establishedIn: number | null;
  readonly registeredAt: string;
  /** Since when it has its owner, or lies in its pool. */
  readonly heldSince: string;
}

/** What a condition found: words of the customer that it asks for, or a number. */
export interface SegmentInput {
  readonly name: string;
  readonly value: readonly string[] | WrittenWhole | null;
}

/** Words that evidence names at most. */
const MOST_WORDS = 5;

const daysOf = ({ purchases }: Activity, today: number): number[] =>
  purchases.flatMap(({ day }) => (day <= today ? [day] : [])).toArray();

function wordsOf(condition: SegmentCondition, customer: Segmented, today: number): readonly string[] {
  if (condition.field === 'rhythm') return [frequencyOn(daysOf(customer, today), today).rhythm];
  if (condition.field !== 'product') return customer.words[condition.field] ?? [];
  const products = new Set<string>();
  for (const { products: bought } of within(customer.purchases, today, condition.withinDays)) {
    for (const product of bought) products.add(product);
  }
  return [...products];
}

/** The day from which days are counted; null where nothing begins. */
function beginOf(field: SegmentField, customer: Segmented, today: number): number | null {
  if (field === 'days-since-registration') return dayNumber(customer.registeredAt);
  if (field === 'days-held') return dayNumber(customer.heldSince);
  const [last] =
    field === 'days-since-interaction'
      ? within(customer.interactions, today, null)
      : within(customer.purchases, today, null);
  if (!last) return null;
  if (field !== 'days-overdue') return last.day;
  const { medianDays } = frequencyOn(daysOf(customer, today), today);
  return medianDays === null ? null : last.day + medianDays;
}

function numberOf(condition: SegmentCondition, customer: Segmented, today: number): Whole | null {
  const { field, withinDays, currency } = condition;
  if (field === 'employees') return customer.employees;
  if (field === 'established-in') return customer.establishedIn;
  if (field === 'products') return wordsOf({ ...condition, field: 'product' }, customer, today).length;
  let sum: Whole = 0;
  if (field === 'interactions') {
    for (const { count } of within(customer.interactions, today, withinDays)) sum = plus(sum, count);
  } else if (field === 'purchases' || field === 'amount') {
    for (const { amounts } of within(customer.purchases, today, withinDays)) {
      for (const each of amounts) {
        if (field === 'purchases') sum = plus(sum, each.count);
        else if (each.currency === currency) sum = plus(sum, each.amount);
      }
    }
  } else {
    const begin = beginOf(field, customer, today);
    if (begin === null) return null;
    return field === 'days-overdue' && begin > today ? 0 : today - begin;
  }
  return sum;
}

interface Answer {
  readonly holds: boolean;
  readonly value: SegmentInput['value'];
}

function answerOf(condition: SegmentCondition, customer: Segmented, today: number): Answer {
  const { field, not, is, isKnown, atLeast, atMost } = condition;
  if (isWord(field)) {
    const words = wordsOf(condition, customer, today);
    const asked = is.length > 0 ? new Set(is.map(normalForm)) : null;
    const found = asked ? words.filter((word) => asked.has(normalForm(word))) : words;
    const holds = asked ? found.length > 0 : words.length > 0 === isKnown;
    return { holds: holds !== not, value: found.slice(0, MOST_WORDS) };
  }
  const value = numberOf(condition, customer, today);
  const isWithin = value !== null && (atLeast === null || value >= atLeast) && (atMost === null || value <= atMost);
  const holds = isKnown === null ? isWithin : (value !== null) === isKnown;
  return { holds: holds !== not, value: value === null ? null : written(value) };
}

/** What a condition is called in evidence. */
const nameOf = ({ field, withinDays, currency }: SegmentCondition): string =>
  [field, ...(currency === null ? [] : [currency]), ...(withinDays === null ? [] : [`within ${withinDays} days`])].join(
    ' ',
  );

/** Whether a customer belongs to a segment on a day. What happened later does not count. */
export const isInSegment = ({ anyOf }: SegmentRules, customer: Segmented, today: number): boolean =>
  anyOf.some(({ allOf }) => allOf.every((condition) => answerOf(condition, customer, today).holds));

/** What the conditions found, each once, in their order: why a customer belongs to the segment or not. */
export function segmentInputs({ anyOf }: SegmentRules, customer: Segmented, today: number): SegmentInput[] {
  const inputs = new Map<string, SegmentInput['value']>();
  for (const condition of anyOf.flatMap(({ allOf }) => allOf)) {
    const [name, { value }] = [nameOf(condition), answerOf(condition, customer, today)];
    const before = inputs.get(name);
    // Words of several conditions on one field are found together.
    const isBoth = Array.isArray(before) && Array.isArray(value);
    inputs.set(name, isBoth ? [...new Set([...(before as string[]), ...(value as string[])])] : value);
  }
  return Array.from(inputs, ([name, value]) => ({ name, value }));
}

/**
 * The first day after today on which the passing of time alone could change an answer; it need not. What is known of later days changes
 * answers by itself, when it is looked at as a fact.
 * @returns null where time changes nothing any more
 */
export function nextDay({ anyOf }: SegmentRules, customer: Segmented, today: number): number | null {
  const days = anyOf.flatMap(({ allOf }) => allOf.flatMap((condition) => changesOf(condition, customer, today)));
  return days.reduce<number | null>(
    (first, day) => (day > today && (first === null || day < first) ? day : first),
    null,
  );
}

/** Days on which a condition could change its answer, some of which may be over. */
function changesOf(condition: SegmentCondition, customer: Segmented, today: number): number[] {
  const { field, withinDays, atLeast, atMost } = condition;
  if (windowed.has(field)) {
    if (withinDays === null) return [];
    const isOfWindow = ({ day }: { readonly day: number }) => day > today - withinDays && day <= today;
    const { interactions, purchases } = customer;
    const oldest = field === 'interactions' ? interactions.find(isOfWindow) : purchases.find(isOfWindow);
    return oldest ? [oldest.day + withinDays] : [];
  }
  const begin = (dayFields as readonly string[]).includes(field) ? beginOf(field, customer, today) : null;
  if (begin === null) return [];
  return [...(atLeast === null ? [] : [begin + atLeast]), ...(atMost === null ? [] : [begin + atMost + 1])];
}

/** What is wrong with a segment, and where. */
interface Finding {
  readonly code: string;
  readonly field: string;
}

function findingsOf({ anyOf }: SegmentRules, vocabularies: Vocabularies): Finding[] {
  const findings: Finding[] = [];
  for (const [group, { allOf }] of anyOf.entries()) {
    for (const [index, condition] of allOf.entries()) {
      const { field, is, isKnown, atLeast, atMost, withinDays, currency } = condition;
      const find = (wrong: boolean, code: string, part?: keyof SegmentCondition) => {
        const at = `anyOf.${group}.allOf.${index}`;
        if (wrong) findings.push({ code, field: part ? `${at}.${part}` : at });
      };
      const isCompared = atLeast !== null || atMost !== null;
      find(Number(is.length > 0) + Number(isKnown !== null) + Number(isCompared) !== 1, 'one-comparison');
      find(isWord(field) && isCompared, 'not-a-number', atLeast === null ? 'atMost' : 'atLeast');
      find(!isWord(field) && is.length > 0, 'not-a-word', 'is');
      const words = vocabularies[field];
      find(words !== undefined && is.some((word) => !words.includes(word)), 'word-unknown', 'is');
      find(atLeast !== null && atMost !== null && atLeast > atMost, 'never-within', 'atMost');
      find(withinDays !== null && !windowed.has(field), 'window-unused', 'withinDays');
      find(currency !== null && field !== 'amount', 'currency-unused', 'currency');
      find(currency === null && field === 'amount', 'currency-missing', 'currency');
    }
  }
  return findings;
}

/**
 * Refuses conditions that cannot be asked, with all that is wrong with them.
 * @param vocabularies of fields whose words are those of customers
 * @throws Refusal `segment-invalid`
 */
export function checkSegment(rules: SegmentRules, vocabularies: Vocabularies): void {
  const unmet = findingsOf(rules, { tier: tiers, rhythm: rhythms, ...vocabularies });
  if (unmet.length === 0) return;
  const wrong = unmet.map(({ code, field }) => `${field} ${code}`).join(', ');
  throw new Refusal('segment-invalid', `The segment cannot be used: ${wrong}.`, { unmet });
}

import { Refusal } from './errors.js';
import type { Tier } from './tiering.js';

/*
 * Which fields of a customer must be known, by a policy, and how much of that is: each field has a weight, and a customer is as
 * complete as the weights of what is known, in percent of the weights of all that applies to it.
 */

/** What a customer is registered with. */
export const registeredFields = [
  'taxId',
  'domain',
  'phone',
  'sector',
  'region',
  'source',
  'establishedIn',
  'employees',
  'annualRevenue',
] as const;

/** The same, and whom to speak with at the customer: a person at all, and one with an address that works. */
export const keyFields = [...registeredFields, 'contact', 'contact-email', 'contact-phone'] as const;
export type KeyField = (typeof keyFields)[number];

export const fieldLevels = ['required', 'wanted'] as const;
export type FieldLevel = (typeof fieldLevels)[number];

export interface WeighedField {
  readonly field: KeyField;
  readonly level: FieldLevel;
  readonly weight: number;
}

/** Holds for customers of a kind, null for both, and of some tiers, none for all. The first rule that fits a customer is its rule. */
export interface KeyFieldRule {
  readonly kind: 'org' | 'person' | null;
  readonly tiers: readonly Tier[];
  readonly fields: readonly WeighedField[];
}

export interface KeyFieldRules {
  readonly rules: readonly KeyFieldRule[];
  /** Whether a registration by a person is refused without the fields that are required. */
  readonly refuseWithoutRequired: boolean;
}

/** What the rules of a policy are chosen by. */
export interface Fitting {
  readonly kind: 'org' | 'person';
  readonly tier: Tier;
}

/** Holds as long as no policy is published. */
const withoutPolicy: readonly WeighedField[] = (
  ['taxId', 'domain', 'phone', 'sector', 'region', 'source', 'employees'] as const
).map((field) => ({ field, level: 'wanted', weight: 1 }));

const fits = (rule: KeyFieldRule, { kind, tier }: Fitting): boolean =>
  (rule.kind === null || rule.kind === kind) && (rule.tiers.length === 0 || rule.tiers.includes(tier));

/** The fields that apply to a customer; none where the policy has no rule for it. */
export const fieldsFor = (policy: KeyFieldRules | undefined, customer: Fitting): readonly WeighedField[] =>
  policy ? (policy.rules.find((rule) => fits(rule, customer))?.fields ?? []) : withoutPolicy;

/** What the fields of a customer are read from. */
export interface FieldSource {
  readonly details: Readonly<Partial<Record<(typeof registeredFields)[number], unknown>>>;
  readonly contacts: readonly {
    readonly active: boolean;
    readonly channels: readonly { readonly kind: string; readonly value: string }[];
    /** Addresses from which messages came back. */
    readonly bounced: readonly string[];
  }[];
}

/** The key fields that are not known of a customer, in their order, whether a policy asks for them or not. */
export function unknownFields({ details, contacts }: FieldSource): readonly KeyField[] {
  const active = contacts.filter((contact) => contact.active);
  const isReached = (by: string) =>
    active.some(({ channels, bounced }) => channels.some(({ kind, value }) => kind === by && !bounced.includes(value)));
  const known: Readonly<Record<string, boolean>> = {
    contact: active.length > 0,
    'contact-email': isReached('email'),
    'contact-phone': isReached('phone'),
  };
  const values: Readonly<Record<string, unknown>> = details;
  const isKnown = (field: KeyField) => known[field] ?? (values[field] ?? null) !== null;
  return keyFields.filter((field) => !isKnown(field));
}

export interface Completeness {
  /** Rounded down, so that 100 says that nothing is missing; 100 where nothing applies. */
  readonly percent: number;
  /** Fields that apply and are not known. */
  readonly missing: readonly KeyField[];
  /** Those of them that are required. */
  readonly required: readonly KeyField[];
}

const weightOf = (fields: readonly WeighedField[]): number => fields.reduce((sum, { weight }) => sum + weight, 0);

/** How much of a whole is known: both in the weights of fields. */
export function weighed(fields: readonly WeighedField[], unknown: readonly string[]) {
  const missing = fields.filter(({ field }) => unknown.includes(field));
  const all = weightOf(fields);
  return { known: all - weightOf(missing), all, missing };
}

export function completenessOf(fields: readonly WeighedField[], unknown: readonly string[]): Completeness {
  const { known, all, missing } = weighed(fields, unknown);
  return {
    percent: all === 0 ? 100 : ((known * 100) / all) | 0,
    missing: missing.map(({ field }) => field),
    required: missing.filter(({ level }) => level === 'required').map(({ field }) => field),
  };
}

/** What is wrong with a policy, and where. */
interface Finding {
  readonly code: string;
  readonly field: string;
}

/** Whether every customer that a later rule fits is one of an earlier rule. */
const covers = (earlier: KeyFieldRule, later: KeyFieldRule): boolean =>
  (earlier.kind === null || earlier.kind === later.kind) &&
  (earlier.tiers.length === 0 || (later.tiers.length > 0 && later.tiers.every((tier) => earlier.tiers.includes(tier))));

/** Refuses rules that cannot be used, with all that is wrong with them. @throws Refusal `key-field-policy-invalid` */
export function checkKeyFieldRules({ rules }: Pick<KeyFieldRules, 'rules'>): void {
  const unmet = rules.flatMap((rule, index): Finding[] => {
    const field = `rules.${index}`;
    const isReached = !rules.slice(0, index).some((earlier) => covers(earlier, rule));
    const twice = rule.fields.flatMap((each, at) =>
      rule.fields.findIndex((other) => other.field === each.field) < at
        ? [{ code: 'field-twice', field: `${field}.fields.${at}.field` }]
        : [],
    );
    return [...(isReached ? [] : [{ code: 'rule-unreachable', field }]), ...twice];
  });
  if (unmet.length === 0) return;
  const wrong = unmet.map(({ code, field }) => `${field} ${code}`).join(', ');
  throw new Refusal('key-field-policy-invalid', `The policy cannot be used: ${wrong}.`, { unmet });
}

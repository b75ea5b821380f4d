import { Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import { normalForm } from '../text.js';
import type { PublishLeadPolicy } from './commands.js';
import { leadChannels } from './events.js';
import type {
  GradeThresholds,
  LeadDetails,
  LeadGrade,
  LeadModelKind,
  LeadPolicyEvents,
  LeadSource,
  ResponseRule,
  ScoreFactor,
  Scored,
} from './events.js';

type Event = EventOf<LeadPolicyEvents>;

export interface LeadPolicy {
  readonly version: number;
  readonly factors: readonly ScoreFactor[];
  readonly grades: GradeThresholds;
  readonly responses: readonly ResponseRule[];
  readonly model?: LeadModelKind;
}

export const leadPolicy = decider<LeadPolicy | undefined, LeadPolicyEvents>({
  category: 'leadpolicy',
  initial: undefined,
  evolve: {
    LeadPolicyPublished: (_, { policyId: __, ...policy }) => policy,
  },
});

/** The policy in force changes nothing. @param unknown calendars that are not there */
export function publishLeadPolicy(
  state: LeadPolicy | undefined,
  { policyId, factors, grades, responses, model }: PublishLeadPolicy,
  _now: string,
  { unknown, isModelThere }: { readonly unknown: readonly string[]; readonly isModelThere: boolean },
): Event[] {
  if (!(grades.A > grades.B && grades.B > grades.C)) {
    throw new Refusal('grades-not-descending', 'A better grade takes a higher score: A more than B, B more than C.', {
      field: 'grades',
    });
  }
  if (unknown.length > 0) {
    throw new Refusal('calendar-unknown', `There is no calendar ${unknown.join(', ')}.`, {
      field: 'responses',
      unknown,
    });
  }
  checkFactors(factors);
  if (model === 'external' && !isModelThere) {
    throw new Refusal('lead-model-missing', 'LEAD_MODEL_URL names no model that could score leads.', {
      field: 'model',
    });
  }
  const wanted = { factors, grades, responses, ...(model && { model }) };
  if (state && JSON.stringify({ version: state.version, ...wanted }) === JSON.stringify(state)) return [];
  return [{ type: 'LeadPolicyPublished', data: { policyId, version: (state?.version ?? 0) + 1, ...wanted } }];
}

/**
 * Names are compared as those of customers are, and a factor for channels names channels there are.
 * @throws Refusal `factors-wrong`, naming all that is wrong at once
 */
function checkFactors(factors: readonly ScoreFactor[]): void {
  const problems = factors.flatMap(({ name, field, values }, factor) => [
    ...(factors.findIndex((each) => normalForm(each.name) === normalForm(name)) < factor
      ? [{ code: 'factor-twice', factor, name }]
      : []),
    ...values
      .filter((value) => field === 'channel' && !leadChannels.some((channel) => channel === normalForm(value)))
      .map((value) => ({ code: 'channel-unknown', factor, name: value })),
  ]);
  if (problems.length === 0) return;
  throw new Refusal(
    'factors-wrong',
    'Factors have names of their own, for a score tells what it is made of, and those for channels name channels there are.',
    { field: 'factors', problems },
  );
}

/** What speaks for a lead, added up; at least 0, at most 100. */
export function scoreOf({ factors, version }: LeadPolicy, source: LeadSource, details: LeadDetails): Scored {
  const values = { ...details, ...source };
  const met = factors.filter(({ field, values: wanted }) => {
    const value = values[field];
    return value !== null && (wanted.length === 0 || wanted.some((each) => normalForm(each) === normalForm(value)));
  });
  const sum = met.reduce((points, factor) => points + factor.points, 0);
  return {
    score: sum < 0 ? 0 : sum > 100 ? 100 : sum,
    factors: met.map(({ name, points }) => ({ name, points })),
    policyVersion: version,
  };
}

export function gradeOf({ grades }: LeadPolicy, score: number): LeadGrade {
  if (score >= grades.A) return 'A';
  if (score >= grades.B) return 'B';
  return score >= grades.C ? 'C' : 'D';
}

/** The first rule that fits a lead. Without a grade, only rules for all grades fit. */
export const responseRuleFor = (
  { responses }: LeadPolicy,
  grade: LeadGrade | null,
  { channel }: LeadSource,
): ResponseRule | undefined =>
  responses.find(
    ({ grades, channels }) =>
      (grades.length === 0 || (grade !== null && grades.includes(grade))) &&
      (channels.length === 0 || channels.includes(channel)),
  );

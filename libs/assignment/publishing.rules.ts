import { Missing, Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import type { PublishAssignmentRule, RetireAssignmentRule } from './commands.js';
import type { Desk, PublishedRule } from './desk.decider.js';
import type { AssignmentEvents, AssignmentRule, DeskKind } from './events.js';

type Event = EventOf<AssignmentEvents>;

/** What the rule names and what is not there, by field. */
export interface NamedFacts {
  readonly unknown: readonly { readonly field: string; readonly id: string }[];
}

/** Publishing what holds already changes nothing. */
export function publishAssignmentRule(
  state: Desk,
  { deskId, deskKind, ...rule }: PublishAssignmentRule,
  _now: string,
  { unknown }: NamedFacts,
): Event[] {
  const { ruleId, fallback } = rule;
  checkForm(rule, deskKind);
  const unpublished = fallback?.kind === 'rule' && !liveRule(state, fallback.id) && fallback.id !== ruleId;
  const missing = [...unknown, ...(unpublished ? [{ field: 'fallback.id', id: fallback.id }] : [])];
  if (missing.length > 0) {
    throw new Refusal(
      'assignment-rule-names-unknown',
      `The rule names what is not there: ${missing.map(({ field, id }) => `${field} ${id}`).join(', ')}.`,
      { field: missing[0]!.field, unknown: missing },
    );
  }
  if (comesBack(state, rule)) {
    throw new Refusal('fallback-cycle', 'The rule would fall back on itself.', { field: 'fallback.id' });
  }
  const other = state.rules.find((each) => !each.retired && each.priority === rule.priority && each.ruleId !== ruleId);
  if (other) {
    throw new Refusal('priority-taken', `The rule ${other.name} has this priority.`, {
      field: 'priority',
      ruleId: other.ruleId,
    });
  }
  const before = state.rules.get(ruleId);
  if (before && !before.retired && isSame(before, rule)) return [];
  return [
    {
      type: 'AssignmentRulePublished',
      data: { deskId, deskKind, version: (before?.version ?? 0) + 1, ...contentOf(rule) },
    },
  ];
}

/** A retired rule stays retired; one that others fall back on is refused. */
export function retireAssignmentRule(state: Desk, { deskId, ruleId, reason }: RetireAssignmentRule): Event[] {
  if (state.rules.isEmpty()) throw new Missing('assignment-desk', deskId);
  const rule = state.rules.get(ruleId);
  if (!rule) throw new Missing('assignment-rule', ruleId);
  if (rule.retired) return [];
  const relying = state.rules.filter((each) => !each.retired && each.fallback?.id === ruleId);
  if (!relying.isEmpty()) {
    throw new Refusal('assignment-rule-in-use', 'Other rules fall back on this one: publish them without it first.', {
      ruleIds: [...relying.keys()],
    });
  }
  return [{ type: 'AssignmentRuleRetired', data: { deskId, ruleId, version: rule.version, reason } }];
}

export function liveRule({ rules }: Desk, ruleId: string): PublishedRule | undefined {
  const rule = rules.get(ruleId);
  return rule?.retired === false ? rule : undefined;
}

/** What can be told of a rule from itself. */
function checkForm({ scope, method, weights, criteria }: AssignmentRule, deskKind: DeskKind): void {
  if (Object.values(scope).every((ids) => ids.length === 0)) {
    throw new Refusal('scope-empty', 'A rule gives out to somebody: name units, positions or employees.', {
      field: 'scope',
    });
  }
  const foreign = deskKind === 'leads' ? (['tiers'] as const) : (['grades', 'channels'] as const);
  const misplaced = foreign.filter((each) => criteria[each].length > 0);
  if (misplaced.length > 0) {
    throw new Refusal('criteria-misplaced', `Of ${deskKind}, ${misplaced.join(' and ')} are not known.`, {
      field: `criteria.${misplaced[0]}`,
      misplaced,
    });
  }
  if (method !== 'weighted' && weights.length > 0) {
    throw new Refusal('weights-without-use', 'Only the method weighted weighs people.', { field: 'weights' });
  }
  if (new Set(weights.map(({ employeeId }) => employeeId)).size < weights.length) {
    throw new Refusal('weight-twice', 'A person has one weight.', { field: 'weights' });
  }
}

/** Whether what a rule falls back on, and so on, leads back to it. */
function comesBack(state: Desk, { ruleId, fallback }: AssignmentRule): boolean {
  let next = fallback;
  for (let steps = 0; next?.kind === 'rule' && steps <= state.rules.size; steps += 1) {
    if (next.id === ruleId) return true;
    next = liveRule(state, next.id)?.fallback ?? null;
  }
  return false;
}

/** Without what a command has besides its fields. */
const contentOf = (rule: AssignmentRule): AssignmentRule => ({
  ruleId: rule.ruleId,
  name: rule.name,
  priority: rule.priority,
  criteria: rule.criteria,
  scope: rule.scope,
  method: rule.method,
  weights: rule.weights,
  cap: rule.cap,
  needs: rule.needs,
  workingHoursCalendarId: rule.workingHoursCalendarId,
  fallback: rule.fallback,
});

const isSame = (one: AssignmentRule, other: AssignmentRule): boolean =>
  JSON.stringify(contentOf(one)) === JSON.stringify(contentOf(other));

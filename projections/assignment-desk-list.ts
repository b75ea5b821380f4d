import type { AssignmentEvents, AssignmentRule, DeskKind } from '../libs/assignment/events.js';
import { projection } from '../libs/read-models/projection.js';

/** A version of a rule: it never changes. */
export interface RuleVersion extends Omit<AssignmentRule, 'ruleId'> {
  readonly version: number;
  readonly publishedAt: string;
}

/** A rule with every version there was: an assignment names the one by which it was decided. */
export interface RuleWithVersions {
  readonly ruleId: string;
  /** The version in force, or the last one. */
  readonly version: number;
  readonly retiredAt: string | null;
  /** Why it was retired. */
  readonly reason: string | null;
  readonly versions: readonly RuleVersion[];
}

/** A desk with its rules. */
export interface AssignmentDesk {
  readonly deskId: string;
  readonly deskKind: DeskKind;
  readonly rules: readonly RuleWithVersions[];
}

type RuleEvents = Pick<AssignmentEvents, 'AssignmentRulePublished' | 'AssignmentRuleRetired'>;

export const assignmentDeskList = projection<AssignmentDesk, RuleEvents>({
  name: 'assignment-desk-list',
  version: 1,
  id: ({ data }) => data.deskId,
  stream: (deskId) => `assignmentdesk-${deskId}`,
  indexes: [['deskKind']],
  starts: {
    AssignmentRulePublished: ({ data, occurredAt }) => ({
      deskId: data.deskId,
      deskKind: data.deskKind,
      rules: published([], data, occurredAt),
    }),
  },
  on: {
    AssignmentRulePublished: (desk, { data, occurredAt }) => ({
      ...desk,
      rules: published(desk.rules, data, occurredAt),
    }),
    AssignmentRuleRetired: (desk, { data: { ruleId, reason }, occurredAt }) => ({
      ...desk,
      rules: desk.rules.map((rule) => (rule.ruleId === ruleId ? { ...rule, retiredAt: occurredAt, reason } : rule)),
    }),
  },
});

function published(
  rules: readonly RuleWithVersions[],
  { deskId: _, deskKind: __, ruleId, ...rule }: AssignmentEvents['AssignmentRulePublished'],
  publishedAt: string,
): readonly RuleWithVersions[] {
  const before = rules.find((each) => each.ruleId === ruleId);
  const versions = [...(before?.versions ?? []), { ...rule, publishedAt }];
  const next = { ruleId, version: rule.version, retiredAt: null, reason: null, versions };
  return before ? rules.map((each) => (each === before ? next : each)) : [...rules, next];
}

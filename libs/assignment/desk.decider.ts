import { Map as HashMap, OrderedMap } from 'immutable';
import { decider } from '../event-store/decider.js';
import type { AssignmentCandidate, AssignmentEvents, AssignmentRule } from './events.js';
import { passedOverReasons } from './events.js';

export interface PublishedRule extends AssignmentRule {
  readonly version: number;
  readonly retired: boolean;
}

/** What a rule gave a person so far. */
export interface Received {
  /** When the rule chose the person last, and by which decision of the desk; null and 0 for never. */
  readonly at: string | null;
  readonly turn: number;
  /** What a rule that weighs owes the person. */
  readonly credit: number;
}

/** A choice that is being carried out. */
export interface Pending {
  readonly assignmentId: string;
  readonly subject: AssignmentEvents['AssignmentDecided']['subject'];
  readonly from: string | null;
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly chosen: string;
  readonly turn: number;
  /** What the rule had given the person before, for when the assignment cannot be carried out. */
  readonly before: Received;
  readonly weights: readonly Pick<AssignmentCandidate, 'employeeId' | 'weight'>[];
  /** People to whom the subject could not be assigned, with the codes of the refusals. */
  readonly refused: readonly { readonly employeeId: string; readonly why: string }[];
}

/** A desk that gives out leads or customers. Whose turn it is follows from what it decided, by rule and person. */
export interface Desk {
  readonly rules: OrderedMap<string, PublishedRule>;
  /** Decisions so far, failures among them. */
  readonly turns: number;
  readonly received: HashMap<string, HashMap<string, Received>>;
  /** By the id of the subject. */
  readonly pending: OrderedMap<string, Pending>;
}

const nothing: Received = { at: null, turn: 0, credit: 0 };

export const receivedBy = ({ received }: Pick<Desk, 'received'>, ruleId: string, employeeId: string): Received =>
  received.get(ruleId)?.get(employeeId) ?? nothing;

const reasons: ReadonlySet<string> = new Set(passedOverReasons);

export const desk = decider<Desk, AssignmentEvents>({
  category: 'assignmentdesk',
  initial: { rules: OrderedMap(), turns: 0, received: HashMap(), pending: OrderedMap() },
  evolve: {
    AssignmentRulePublished: (state, { deskId: _, deskKind: __, ...rule }) => ({
      ...state,
      rules: state.rules.set(rule.ruleId, { ...rule, retired: false }),
    }),
    AssignmentRuleRetired: (state, { ruleId }) => {
      const rule = state.rules.get(ruleId);
      return rule ? { ...state, rules: state.rules.set(ruleId, { ...rule, retired: true }) } : state;
    },
    AssignmentDecided: (state, data, at) => {
      const { assignmentId, subject, from, ruleId, ruleVersion, chosen, candidates, passedOver } = data;
      const turn = state.turns + 1;
      const before = receivedBy(state, ruleId, chosen);
      const weights = candidates.map(({ employeeId, weight }) => ({ employeeId, weight }));
      const refused = passedOver
        .filter(({ why }) => !reasons.has(why))
        .map(({ employeeId, why }) => ({ employeeId, why }));
      const owed = withCredit(state, ruleId, weights, chosen, 1);
      return {
        ...state,
        turns: turn,
        received: owed.setIn([ruleId, chosen], { ...receivedBy({ received: owed }, ruleId, chosen), at, turn }),
        pending: state.pending.set(subject.id, {
          assignmentId,
          subject,
          from,
          ruleId,
          ruleVersion,
          chosen,
          turn,
          before,
          weights,
          refused,
        }),
      };
    },
    AssignmentFailed: (state) => ({ ...state, turns: state.turns + 1 }),
    AssignmentPassedOver: (state, { subject }) => {
      const pending = state.pending.get(subject.id);
      if (!pending) return state;
      const { ruleId, chosen, turn, before, weights } = pending;
      const received = withCredit(state, ruleId, weights, chosen, -1);
      const last = receivedBy({ received }, ruleId, chosen);
      // Where the rule has chosen the person again meanwhile, they wait since then.
      const waits = last.turn === turn ? { at: before.at, turn: before.turn } : {};
      return {
        ...state,
        received: received.setIn([ruleId, chosen], { ...last, ...waits }),
        pending: state.pending.delete(subject.id),
      };
    },
    AssignmentConfirmed: (state, { subject }) => ({ ...state, pending: state.pending.delete(subject.id) }),
  },
});

/** What is owed after a choice among people with weights (`sign` 1), or after it was taken back (-1). */
function withCredit(
  state: Desk,
  ruleId: string,
  weights: Pending['weights'],
  chosen: string,
  sign: 1 | -1,
): Desk['received'] {
  const sum = weights.reduce((all, { weight }) => all + (weight ?? 0), 0);
  return state.received.update(ruleId, HashMap<string, Received>(), (people) =>
    people.withMutations((changed) => {
      for (const { employeeId, weight } of weights) {
        if (weight === null) continue;
        const before = changed.get(employeeId) ?? nothing;
        const owed = weight - (employeeId === chosen ? sum : 0);
        changed.set(employeeId, { ...before, credit: before.credit + sign * owed });
      }
    }),
  );
}

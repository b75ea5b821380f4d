import { Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import { checkOwner } from '../owner-changed.js';
import { normalForm } from '../text.js';
import { choose } from './choose.rules.js';
import type { Waiting } from './choose.rules.js';
import type { AssignLeadByRule, ConfirmAssignment, PassOverAssignee } from './commands.js';
import { desk, receivedBy } from './desk.decider.js';
import type { Desk, Pending, PublishedRule } from './desk.decider.js';
import type { AssignmentCriteria, AssignmentEvents, AssignmentSubject, PassedOver } from './events.js';
import { liveRule } from './publishing.rules.js';

type Event = EventOf<AssignmentEvents>;

/** A lead or a customer as the desk sees it. */
export interface Subject extends AssignmentSubject {
  /** Whether it takes no owner: a lead that is closed, a customer that was put away. */
  readonly closed: boolean;
  readonly ownerId: string | null;
  /** Whether the owner is with the company, and neither suspended nor about to leave. */
  readonly owned: boolean;
  /** What criteria compare; null for what is not known. */
  readonly traits: { readonly [Criterion in keyof AssignmentCriteria]?: string | null };
}

/** A person of a rule's scope. */
export interface Person {
  readonly employeeId: string;
  readonly status: 'active' | 'absent' | 'suspended' | 'leaving' | 'left';
  readonly skills: readonly string[];
  readonly languages: readonly string[];
  /** Open subjects; null where the rule does not ask for them. */
  readonly load: number | null;
}

/** What a rule, or a person it falls back on, can choose from at this moment. */
export interface Crew {
  readonly people: readonly Person[];
  readonly atWork: boolean;
}

export interface AssigningFacts {
  readonly deskId: string;
  readonly subject: Subject;
  /** Id of the next decision. */
  readonly assignmentId: string;
  /** Whether a person asks, who is told why nothing comes of it. */
  readonly asked: boolean;
  /** By the rule's id; the person it falls back on by `ruleId employeeId`. */
  readonly crews: ReadonlyMap<string, Crew>;
}

/** Nothing is found where no rule can fit, since nothing is looked up then. */
export interface Looked {
  readonly found: AssigningFacts | undefined;
}

/** What can be assigned is assigned, where a rule fits it. What is being assigned already is left. */
export function assignByRule(
  state: Desk,
  { fromOwnerId }: Pick<AssignLeadByRule, 'fromOwnerId'>,
  _now: string,
  { found: facts }: Looked,
): Event[] {
  if (!facts || state.pending.has(facts.subject.id)) return [];
  const { subject, asked } = facts;
  const { kind, closed, owned, ownerId } = subject;
  checkOwner(fromOwnerId, ownerId);
  if (closed && asked) throw new Refusal('subject-closed', `The ${kind} is closed, or put away: it takes no owner.`);
  if (owned && asked) {
    throw new Refusal('subject-owned', `The ${kind} has an owner: assign it by hand.`, { ownerId }, 409);
  }
  if (closed || owned) return [];
  const rule = ruleFor(state, subject);
  if (!rule) {
    if (!asked) return [];
    throw new Refusal('assignment-rule-missing', `No rule fits the ${kind}: publish one, or assign it by hand.`);
  }
  const decided = decide(state, rule, [], facts);
  if (asked && decided.type === 'AssignmentFailed') {
    throw new Refusal('assignee-missing', `None of the people of the rule ${rule.name} can be chosen.`, {
      passedOver: decided.data.passedOver,
    });
  }
  return [decided];
}

/** A subject that could not be assigned to the person who was chosen goes to another one, unless it needs none any more. */
export function passOverAssignee(
  state: Desk,
  { deskId, assignmentId, code }: PassOverAssignee,
  _now: string,
  { found: facts }: Looked,
): Event[] {
  const pending = pendingOf(state, assignmentId);
  if (!pending) return [];
  const { subject, chosen } = pending;
  const passed: Event = { type: 'AssignmentPassedOver', data: { deskId, assignmentId, subject, chosen, code } };
  if (!facts || facts.subject.closed || facts.subject.owned) return [passed];
  // Where the subject changed meanwhile, the person is as good as before.
  const refused = code === OVERTAKEN ? pending.refused : [...pending.refused, { employeeId: chosen, why: code }];
  const rule = ruleFor(state, facts.subject);
  const left = desk.evolve.AssignmentPassedOver(state, passed.data, '');
  const { ruleId } = pending;
  return [
    passed,
    rule
      ? decide(left, rule, refused, facts)
      : failed(
          pending,
          refused.map((each) => ({ ruleId, ...each })),
          facts,
        ),
  ];
}

/** By which an assignment is refused that the subject does not wait for any more. */
export const OVERTAKEN = 'assignment-overtaken';

export function confirmAssignment(state: Desk, { deskId, assignmentId }: ConfirmAssignment): Event[] {
  const pending = pendingOf(state, assignmentId);
  if (!pending) return [];
  const { subject, chosen } = pending;
  return [{ type: 'AssignmentConfirmed', data: { deskId, assignmentId, subject, chosen } }];
}

export const pendingOf = ({ pending }: Desk, assignmentId: string): Pending | undefined =>
  pending.find((each) => each.assignmentId === assignmentId);

/** Of the rules that fit a subject, the one with the lowest number. */
export const ruleFor = ({ rules }: Desk, { traits }: Pick<Subject, 'traits'>): PublishedRule | undefined =>
  rules
    .valueSeq()
    .filter((rule) => !rule.retired && fits(rule.criteria, traits))
    .minBy(({ priority }) => priority);

const fits = (criteria: AssignmentCriteria, traits: Subject['traits']): boolean =>
  (Object.keys(criteria) as (keyof AssignmentCriteria)[]).every((name) => {
    const wanted = criteria[name];
    const value = traits[name] ?? null;
    return wanted.length === 0 || (value !== null && wanted.some((each) => normalForm(each) === normalForm(value)));
  });

/** Whom a subject is offered to, in turn: the people of a rule, then those it falls back on. */
export interface Step {
  /** Where its crew stands in the facts. */
  readonly key: string;
  readonly rule: PublishedRule;
  /** The one person that the rule falls back on; null for its own people. */
  readonly employeeId: string | null;
}

export function stepsOf(state: Desk, rule: PublishedRule): readonly Step[] {
  const { ruleId, fallback } = rule;
  const own: Step = { key: ruleId, rule, employeeId: null };
  if (fallback?.kind === 'employee') {
    return [own, { key: `${ruleId} ${fallback.id}`, rule, employeeId: fallback.id }];
  }
  const next = fallback ? liveRule(state, fallback.id) : undefined;
  return next ? [own, ...stepsOf(state, next)] : [own];
}

type Refused = Pending['refused'];

function decide(state: Desk, rule: PublishedRule, refused: Refused, facts: AssigningFacts): Event {
  const { deskId, assignmentId, subject } = facts;
  const passedOver: PassedOver[] = [];
  for (const step of stepsOf(state, rule)) {
    const { ruleId, version, method } = step.rule;
    const candidates: Waiting[] = [];
    for (const person of facts.crews.get(step.key)?.people ?? []) {
      const { employeeId } = person;
      const why = refused.find((each) => each.employeeId === employeeId)?.why ?? reasonAgainst(person, step, facts);
      if (why === null) candidates.push(waiting(state, step, person));
      else passedOver.push({ ruleId, employeeId, why });
    }
    const choice = choose(step.employeeId === null ? method : 'round-robin', candidates, subject.id);
    if (!choice) continue;
    const { chosen, tie } = choice;
    return {
      type: 'AssignmentDecided',
      data: {
        deskId,
        assignmentId,
        subject: { kind: subject.kind, id: subject.id },
        from: subject.ownerId,
        ruleId,
        ruleVersion: version,
        candidates: candidates.map(({ lastTurn: _, credit: __, ...candidate }) => candidate),
        passedOver,
        chosen: chosen.employeeId,
        tie,
      },
    };
  }
  return failed({ ruleId: rule.ruleId, ruleVersion: rule.version }, passedOver, facts);
}

function failed(
  { ruleId, ruleVersion }: Pick<Pending, 'ruleId' | 'ruleVersion'>,
  passedOver: readonly PassedOver[],
  { deskId, assignmentId, subject: { kind, id, ownerId } }: AssigningFacts,
): EventOf<Pick<AssignmentEvents, 'AssignmentFailed'>> {
  const subject = { kind, id };
  return {
    type: 'AssignmentFailed',
    data: { deskId, assignmentId, subject, from: ownerId, ruleId, ruleVersion, passedOver },
  };
}

/** Why a person cannot be chosen; null when they can. The person that a rule falls back on has to be there, and no more. */
function reasonAgainst(
  { status, skills, languages, load }: Person,
  { key, rule: { needs, cap }, employeeId }: Step,
  { crews }: AssigningFacts,
): string | null {
  if (status !== 'active') return status;
  if (employeeId !== null) return null;
  if (crews.get(key)?.atWork === false) return 'out-of-hours';
  if (lacks(skills, needs.skills)) return 'lacks-skill';
  if (lacks(languages, needs.languages)) return 'lacks-language';
  return cap !== null && (load ?? 0) >= cap ? 'at-cap' : null;
}

const lacks = (has: readonly string[], needed: readonly string[]): boolean =>
  needed.some((each) => !has.some((one) => normalForm(one) === normalForm(each)));

function waiting(state: Desk, { rule, employeeId: fallback }: Step, { employeeId, load }: Person): Waiting {
  const { at, turn, credit } = receivedBy(state, rule.ruleId, employeeId);
  const weight = rule.weights.find((each) => each.employeeId === employeeId)?.weight ?? 1;
  const weighs = rule.method === 'weighted' && fallback === null;
  return { employeeId, load, weight: weighs ? weight : null, waitingSince: at, lastTurn: turn, credit };
}

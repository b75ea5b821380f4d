import { hasAgreed } from './events.js';
import type {
  ApprovalRequest,
  ApprovalStep,
  Approver,
  ApproverRule,
  Because,
  FlowAnswers,
  FlowContent,
  FlowStep,
  GivenApproval,
  Hindrance,
  NotAsked,
  Replaced,
} from './events.js';

/** A person in the structure, as far as it decides on who approves. */
export interface ChartPerson {
  readonly status: 'active' | 'absent' | 'suspended' | 'leaving' | 'left';
  readonly managerId: string | null;
  readonly deputyId: string | null;
}

/** A position, or a unit by its head. */
export interface ChartPlace {
  readonly name: string;
  readonly live: boolean;
  readonly holders: readonly string[];
  /** The person whom its holders answer to. */
  readonly above: string | null;
}

/** The structure at a moment. */
export interface Chart {
  readonly revision: number;
  employee(employeeId: string): ChartPerson | undefined;
  position(positionId: string): ChartPlace | undefined;
  unit(orgUnitId: string): ChartPlace | undefined;
  departmentOf(orgUnitId: string): string;
}

/** What is known of a request besides its content when its approvers are looked for. */
export interface Known {
  readonly request: ApprovalRequest;
  readonly given: readonly GivenApproval[];
  readonly delegations: readonly { readonly step: string; readonly from: string; readonly to: string }[];
  /** Names of the steps in which superiors decide as well. */
  readonly escalated: readonly string[];
}

/** The person who is looked for, and where it goes on when nobody is there. */
interface Candidate {
  readonly employeeId: string | null;
  readonly above: string | null;
  readonly because: Because;
}

type Found = { readonly approver: Approver } | { readonly omitted: NotAsked } | { readonly unfilled: NotAsked };

/** All steps of a request that begins. */
export const stepsOf = (flow: Pick<FlowContent, 'steps' | 'answers'>, known: Known, chart: Chart): ApprovalStep[] =>
  resolved(
    flow,
    known,
    chart,
    flow.steps.map(({ name, mode }, flowStep) => emptyStep({ name, mode, flowStep })),
    [],
  );

/**
 * These steps with the people whom the structure has for them now. Approvers who have decided stay.
 * @param earlier steps that come before them
 */
export function resolved(
  flow: Pick<FlowContent, 'steps' | 'answers'>,
  known: Known,
  chart: Chart,
  steps: readonly ApprovalStep[],
  earlier: readonly ApprovalStep[],
): ApprovalStep[] {
  const before = new Set(earlier.flatMap((step) => [...peopleOf(step, known)]));
  return steps.map((step) => {
    const rule = step.flowStep === null ? undefined : flow.steps[step.flowStep];
    const next = rule ? ofFlow(rule, step, flow.answers, known, chart, before) : ofAdded(step, known, chart);
    for (const person of peopleOf(next, known)) before.add(person);
    return next;
  });
}

/** The approvers of a step that have decided. */
export const doneApprovers = ({ name, approvers }: ApprovalStep, given: readonly GivenApproval[]): Approver[] =>
  approvers.filter(({ employeeId }) => hasAgreed(given, name, employeeId));

const emptyStep = (step: Pick<ApprovalStep, 'name' | 'mode' | 'flowStep'>): ApprovalStep => ({
  ...step,
  approvers: [],
  omitted: [],
  unfilled: [],
  skipped: null,
});

/** People who decide in a step: of a step that takes one of them, those who did. */
function peopleOf(step: ApprovalStep, { given }: Known): ReadonlySet<string> {
  const decided = given.filter((each) => each.step === step.name).map(({ by }) => by);
  return new Set(step.mode === 'any' ? decided : [...decided, ...step.approvers.map(({ employeeId }) => employeeId)]);
}

function ofFlow(
  rule: FlowStep,
  step: ApprovalStep,
  answers: FlowAnswers,
  known: Known,
  chart: Chart,
  before: ReadonlySet<string>,
): ApprovalStep {
  const skipped = notNeeded(rule, known.request, chart);
  if (skipped !== null) return { ...emptyStep(step), skipped };
  const search = { request: known.request, answers, chart, before };
  const found = rule.approvers.flatMap((approver) =>
    candidates(approver, known.request, chart, step).map((candidate) => settled(candidate, search)),
  );
  const asked = found.flatMap((each) => ('approver' in each ? [each.approver] : []));
  const omitted = found.flatMap((each) => ('omitted' in each ? [each.omitted] : []));
  const unfilled = found.flatMap((each) => ('unfilled' in each ? [each.unfilled] : []));
  const approvers = toBeAsked(step, asked, known, chart);
  const none = approvers.length + unfilled.length === 0;
  return { ...emptyStep(step), approvers, omitted, unfilled, skipped: none ? (omitted.at(-1)?.why ?? 'vacant') : null };
}

/** A step that was added keeps its people as long as they work here. */
function ofAdded(step: ApprovalStep, known: Known, chart: Chart): ApprovalStep {
  const done = doneApprovers(step, known.given);
  const people = [
    ...step.approvers.map((each) => (done.includes(each) ? each : asks(wantedFor(each)!, each.because))),
    ...step.unfilled.map(({ employeeId, because }) => asks(employeeId!, because)),
  ];
  const asked = people.filter((each) => done.includes(each) || works(chart, each.employeeId));
  const gone = people
    .filter((each) => !asked.includes(each))
    .map(({ employeeId, because }): NotAsked => ({ employeeId, because, why: 'vacant' }));
  return { ...step, approvers: toBeAsked(step, asked, known, chart), unfilled: gone };
}

const asks = (employeeId: string, because: Because): Approver => ({
  employeeId,
  because,
  replaced: [],
  escalatedTo: null,
});

/** The condition of a step that does not hold. */
function notNeeded({ when }: FlowStep, { amount, tier, orgUnitIds }: ApprovalRequest, chart: Chart) {
  const { amountAtLeast, tiers, crossesDepartments } = when;
  if (amountAtLeast !== null) {
    if (amount === null) return 'amount';
    if (amount.currency === amountAtLeast.currency && amount.amount < amountAtLeast.amount) return 'amount';
  }
  if (tiers.length > 0 && (tier === null || !tiers.includes(tier))) return 'tier';
  if (crossesDepartments === null) return null;
  const departments = new Set(orgUnitIds.map((orgUnitId) => chart.departmentOf(orgUnitId)));
  return departments.size > 1 === crossesDepartments ? null : 'departments';
}

function candidates(
  { by, id, levels }: ApproverRule,
  { ownerId }: ApprovalRequest,
  chart: Chart,
  { approvers }: ApprovalStep,
): Candidate[] {
  if (by === 'superior') {
    const before = approvers.find(({ because }) => because.by === by && because.levels === levels);
    // The structure does not tell any more whom an owner who has left answered to.
    if (before && chart.employee(ownerId)?.status === 'left') {
      return [{ employeeId: wantedFor(before), above: null, because: before.because }];
    }
    let employeeId: string | null = ownerId;
    for (let level = 0; level < levels! && employeeId !== null; level += 1) {
      employeeId = chart.employee(employeeId)?.managerId ?? null;
    }
    return [{ employeeId, above: null, because: { by, id: ownerId, name: null, levels } }];
  }
  const named = { by, id: id!, levels: null };
  if (by === 'person') return [{ employeeId: id, above: null, because: { ...named, name: null } }];
  const place = by === 'position' ? chart.position(id!) : chart.unit(id!);
  const because = { ...named, name: place?.name ?? null };
  // A person who is suspended does not decide as long as another one holds the place.
  const holders = place?.holders.filter((each) => works(chart, each)) ?? [];
  if (holders.length > 0) return holders.map((employeeId) => ({ employeeId, above: null, because }));
  return [{ employeeId: place?.holders[0] ?? null, above: place?.above ?? null, because }];
}

const works = (chart: Chart, employeeId: string): boolean => {
  const status = chart.employee(employeeId)?.status;
  return status === 'active' || status === 'absent';
};

interface Search {
  readonly request: ApprovalRequest;
  readonly answers: FlowAnswers;
  readonly chart: Chart;
  /** People who decide in an earlier step. */
  readonly before: ReadonlySet<string>;
}

function hindranceOf(employeeId: string | null, { request, chart, before }: Search): Hindrance | undefined {
  if (employeeId === null || !works(chart, employeeId)) return 'vacant';
  if (employeeId === request.submitterId) return 'submitter';
  if (employeeId === request.beneficiaryId) return 'beneficiary';
  if (before.has(employeeId)) return 'repeated';
  return chart.employee(employeeId)?.status === 'absent' ? 'absent' : undefined;
}

/** Follows the answers of the flow until there is a person to ask, or none. */
function settled({ employeeId: wanted, above, because }: Candidate, search: Search): Found {
  const { answers, chart } = search;
  const replaced: Replaced[] = [];
  const passed = new Set<string | null>();
  for (let employeeId = wanted; ;) {
    const why = hindranceOf(employeeId, search);
    const answer = why === undefined ? 'ask' : answers[why];
    if (answer === 'ask' || answer === 'wait') return { approver: { ...asks(employeeId!, because), replaced } };
    const notAsked = { employeeId, because, why: why! };
    if (answer === 'skip') return { omitted: notAsked };
    if (answer === 'refuse') return { unfilled: notAsked };
    replaced.push({ employeeId, why: why! });
    passed.add(employeeId);
    const person = employeeId === null ? undefined : chart.employee(employeeId);
    const deputyId = answer === 'deputy' ? (person?.deputyId ?? null) : null;
    if (deputyId !== null && hindranceOf(deputyId, search) === undefined)
      return { approver: { ...asks(deputyId, because), replaced } };
    const next = employeeId === null ? above : (person?.managerId ?? null);
    if (next === null || passed.has(next))
      return { unfilled: { employeeId: wanted, because, why: replaced[0]!.why as Hindrance } };
    employeeId = next;
  }
}

/** Those who have decided, and of the people that were found the others: each once, passed on and escalated as it was. */
function toBeAsked(step: ApprovalStep, found: readonly Approver[], known: Known, chart: Chart): Approver[] {
  const done = doneApprovers(step, known.given);
  const kept = done.filter((each) => !found.some((other) => standsFor(each, other)));
  const asked = new Map(kept.map((each) => [each.employeeId, each]));
  for (const approver of found) {
    const next = done.find((each) => standsFor(each, approver)) ?? delegated(step.name, approver, known, chart);
    if (!asked.has(next.employeeId)) asked.set(next.employeeId, next);
  }
  if (!known.escalated.includes(step.name)) return [...asked.values()];
  return Array.from(asked.values(), (each) =>
    done.includes(each) ? each : { ...each, escalatedTo: superiorFor(each.employeeId, known.request, chart) },
  );
}

/** The person who was looked for; null for a place that nobody held. */
const wantedFor = ({ employeeId, replaced: [first] }: Approver): string | null =>
  first ? first.employeeId : employeeId;

/** Whether an approver who has decided was asked in the stead of this one, or of the same empty place. */
function standsFor(done: Approver, found: Approver): boolean {
  const [wanted, { by, id, levels }] = [wantedFor(done), found.because];
  if (done.employeeId === found.employeeId) return true;
  if (wanted !== null) return wanted === wantedFor(found);
  return done.because.by === by && done.because.id === id && done.because.levels === levels;
}

function delegated(step: string, approver: Approver, { delegations, request }: Known, chart: Chart): Approver {
  let next = approver;
  for (const { step: of, from, to } of delegations) {
    if (of !== step || from !== next.employeeId || !fit(to, request, chart)) continue;
    next = { ...next, employeeId: to, replaced: [...next.replaced, { employeeId: from, why: 'delegated' }] };
  }
  return next;
}

/** Whether a person may be asked in another's place. */
export const fit = (employeeId: string, { submitterId, beneficiaryId }: ApprovalRequest, chart: Chart): boolean =>
  works(chart, employeeId) && employeeId !== submitterId && employeeId !== beneficiaryId;

/** The nearest person up the line who is here and may decide. */
export function superiorFor(employeeId: string, request: ApprovalRequest, chart: Chart): string | null {
  const passed = new Set([employeeId]);
  for (let id = chart.employee(employeeId)?.managerId ?? null; id !== null && !passed.has(id);) {
    if (fit(id, request, chart) && chart.employee(id)?.status === 'active') return id;
    passed.add(id);
    id = chart.employee(id)?.managerId ?? null;
  }
  return null;
}

import { differences } from '../changes.js';
import { Missing, Refusal, together } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import type { Tier } from '../tiering.js';
import { addDays } from '../time.js';
import type {
  AmendTransfer,
  DraftTransfer,
  GivenForm,
  PublishTransferPolicy,
  RevertTransfer,
  SubmitTransfer,
  WithdrawTransfer,
} from './commands.js';
import type { TransferEvents, TransferForm, TransferPolicyEvents, TransferSubject } from './events.js';
import type { KnownTransfer, Transfer, TransferPolicy } from './transfer.decider.js';

type Event = EventOf<TransferEvents>;

/** What is known of a subject; its owner is null for what nobody has. */
export interface KnownSubject extends TransferSubject {
  readonly ownerId: string | null;
}

/** The facts of a form. */
export interface FormFacts {
  /** Employee who acts; null where neither the caller nor the form names one. */
  readonly requesterId: string | null;
  /** Everybody above the owner of the first subject. */
  readonly superiorIds: readonly string[];
  /** Those that are there. */
  readonly known: readonly KnownSubject[];
  /** Why the person who is to have them cannot; null otherwise. */
  readonly receiver: { readonly refusal: Refusal | null };
  /** Customers the receiver holds and may hold; null for no limit. */
  readonly held: number;
  readonly cap: number | null;
  /** Listed opportunities that belong to none of the customers. */
  readonly strangers: readonly string[];
}

/** The same form again changes nothing. */
export function draftTransfer(
  state: Transfer,
  { transferId, form }: DraftTransfer,
  _now: string,
  facts: FormFacts,
): Event[] {
  const filled = formOf(form, facts);
  if (state.status !== 'unknown') {
    if (!differences<object>(state.form, filled)) return [];
    throw new Refusal('transfer-exists', 'There is a transfer of this id that says otherwise.', { transferId }, 409);
  }
  return [{ type: 'TransferDrafted', data: { transferId, ...filled, reverts: null } }];
}

export function amendTransfer(
  state: Transfer,
  { transferId, form }: AmendTransfer,
  _now: string,
  facts: FormFacts,
): Event[] {
  const before = written(state, transferId);
  if (before.reverts !== null) {
    throw new Refusal('transfer-is-revert', 'What a transfer gives back is what the other one moved.');
  }
  const filled = formOf(form, facts);
  return differences<object>(before.form, filled) ? [{ type: 'TransferAmended', data: { transferId, ...filled } }] : [];
}

/** @throws Refusal for all that is wrong with a form */
function formOf({ toOwnerId, subjects, include, reason }: GivenForm, facts: FormFacts): TransferForm {
  const missing = subjects.filter(({ id }) => !facts.known.some((each) => each.id === id));
  if (missing.length > 0) {
    const said = missing.map(({ kind, id }) => `${kind} ${id}`).join(', ');
    throw new Refusal('transfer-subject-unknown', `There is no ${said}.`, { field: 'subjects', missing }, 404);
  }
  const fromOwnerId = facts.known[0]!.ownerId;
  const wrong = hindrances(fromOwnerId, toOwnerId, include, facts);
  const [first, ...others] = wrong;
  if (first) throw together([first, ...others]);
  return { requesterId: facts.requesterId!, fromOwnerId: fromOwnerId!, toOwnerId, subjects, include, reason };
}

function hindrances(
  fromOwnerId: string | null,
  toOwnerId: string,
  include: TransferForm['include'],
  { requesterId, superiorIds, known, receiver, held, cap, strangers }: FormFacts,
): Refusal[] {
  const wrong: Refusal[] = [];
  const twice = known.filter(({ id }, index) => known.findIndex((each) => each.id === id) < index).map(({ id }) => id);
  if (twice.length > 0) {
    wrong.push(new Refusal('subject-twice', 'Each thing is handed over once.', { field: 'subjects', ids: twice }));
  }
  const others = known.filter(({ ownerId }) => ownerId !== fromOwnerId || ownerId === null).map(({ id }) => id);
  if (others.length > 0) {
    const says = 'A transfer is about what one person has: some of this belongs to others, or to nobody.';
    wrong.push(new Refusal('owners-differ', says, { field: 'subjects', ids: others }));
  }
  if (requesterId === null) {
    wrong.push(new Refusal('requester-unknown', 'Say who asks for it: the caller is no employee.', { field: 'by' }));
  } else if (requesterId !== fromOwnerId && !superiorIds.includes(requesterId)) {
    wrong.push(new Refusal('not-owner', 'A transfer is asked for by the owner, or by a superior of the owner.'));
  }
  if (toOwnerId === fromOwnerId) {
    wrong.push(new Refusal('same-owner', 'The one who is to have it has it.', { field: 'toOwnerId' }));
  }
  if (receiver.refusal) wrong.push(receiver.refusal);
  const customers = known.filter(({ kind }) => kind === 'customer').length;
  if (cap !== null && held + customers > cap) {
    const remaining = cap > held ? cap - held : 0;
    const says = `The one who is to have it holds ${held} customers and may hold ${cap}.`;
    wrong.push(new Refusal('holding-limit-exceeded', says, { cap, held, remaining }));
  }
  if (include.opportunities !== 'listed' && include.opportunityIds.length > 0) {
    const says = 'Opportunities are listed where only listed ones go along.';
    wrong.push(new Refusal('include-mode-differs', says, { field: 'include.opportunityIds' }));
  }
  if (strangers.length > 0) {
    const says = 'Only opportunities of the customers go along.';
    wrong.push(new Refusal('not-a-child', says, { field: 'include.opportunityIds', ids: strangers }));
  }
  return wrong;
}

/** The transfer, when its form can still be changed. @throws Missing · Refusal `transfer-already-decided` */
function written(state: Transfer, transferId: string): KnownTransfer {
  if (state.status === 'unknown') throw new Missing('transfer', transferId);
  const { status } = state;
  if (status === 'draft' || status === 'returned') return state;
  throw new Refusal('transfer-already-decided', `The transfer is ${status}.`, { transferStatus: status }, 409);
}

export interface SubmissionFacts {
  readonly policy: TransferPolicy | undefined;
  /** Ids of subjects that have another owner than the form says. */
  readonly changed: readonly string[];
  /** For the approval of this round. */
  readonly approvalId: string;
  /** Units of the two people, and the highest tier of the customers. */
  readonly orgUnitIds: readonly string[];
  readonly tier: Tier | null;
}

export function submitTransfer(
  state: Transfer,
  { transferId }: SubmitTransfer,
  _now: string,
  facts: SubmissionFacts,
): Event[] {
  return [submitted(transferId, written(state, transferId).form, facts)];
}

/** @throws Refusal `transfer-policy-missing` · `owner-changed` */
function submitted(
  transferId: string,
  { requesterId, fromOwnerId, toOwnerId, subjects, reason }: TransferForm,
  { policy, changed, approvalId, orgUnitIds, tier }: SubmissionFacts,
): Event {
  if (!policy) {
    throw new Refusal('transfer-policy-missing', 'Nothing says how transfers are approved: publish a policy first.');
  }
  if (changed.length > 0) {
    throw new Refusal('owner-changed', 'Some of it has another owner by now.', { ids: changed }, 409);
  }
  const { version: policyVersion, flowId } = policy;
  const asked = { requesterId, fromOwnerId, toOwnerId, subjects, orgUnitIds, tier, reason };
  return { type: 'TransferSubmitted', data: { transferId, policyVersion, flowId, approvalId, ...asked } };
}

/** Withdrawing twice changes nothing. */
export function withdrawTransfer(state: Transfer, { transferId, reason }: WithdrawTransfer): Event[] {
  if (state.status === 'withdrawn') return [];
  if (state.status !== 'submitted') written(state, transferId);
  return [{ type: 'TransferWithdrawn', data: { transferId, reason } }];
}

export interface RevertFacts extends SubmissionFacts {
  readonly reverted: Transfer;
  readonly requesterId: string | null;
  /** Everybody above the two people between whom it was moved. */
  readonly superiorIds: readonly string[];
}

/** Only what was moved is given back, as far as it still is where it was moved to. */
export function revertTransfer(
  state: Transfer,
  { transferId, reverts, reason }: RevertTransfer,
  now: string,
  { reverted, requesterId, superiorIds, ...facts }: RevertFacts,
): Event[] {
  if (reverted.status === 'unknown') throw new Missing('transfer', reverts);
  if (state.status !== 'unknown') return [];
  const { form, items, completedAt, revertedBy } = reverted;
  const moved = items.filter(({ outcome }) => outcome === 'moved');
  if (completedAt === null || moved.isEmpty()) {
    throw new Refusal('nothing-to-revert', 'The transfer has moved nothing, or is not over.', {
      transferStatus: reverted.status,
    });
  }
  if (revertedBy !== null) throw new Refusal('transfer-reverted', 'It was given back before.', { by: revertedBy });
  const { revertDays = 0 } = facts.policy ?? {};
  const until = addDays(completedAt, revertDays);
  if (now > until) throw new Refusal('revert-too-late', `It could be given back until ${until}.`, { until });
  const people = [form.fromOwnerId, form.toOwnerId, form.requesterId, ...superiorIds];
  if (requesterId === null || !people.includes(requesterId)) {
    throw new Refusal('not-owner', 'A transfer is given back by one of those it was between, or a superior of them.');
  }
  const subjects = form.subjects.filter((subject) =>
    moved.some(({ id, kind }) => id === subject.id && kind === subject.kind),
  );
  const { fromOwnerId: toOwnerId, toOwnerId: fromOwnerId, include } = form;
  const filled = { requesterId, fromOwnerId, toOwnerId, subjects, include, reason };
  return [
    { type: 'TransferDrafted', data: { transferId, ...filled, reverts } },
    // What has another owner by now is skipped, and what stays is given back.
    submitted(transferId, filled, { ...facts, changed: [] }),
  ];
}

/** The same policy again changes nothing. */
export function publishTransferPolicy(
  state: TransferPolicy | undefined,
  { flowId, revertDays }: PublishTransferPolicy,
  _now: string,
  { usable }: { readonly usable: boolean },
): EventOf<TransferPolicyEvents>[] {
  if (!usable) {
    throw new Refusal('approval-flow-unusable', 'There is no such flow, or it takes no requests.', { field: 'flowId' });
  }
  if (state?.flowId === flowId && state.revertDays === revertDays) return [];
  const version = (state?.version ?? 0) + 1;
  return [{ type: 'TransferPolicyPublished', data: { version, flowId, revertDays } }];
}

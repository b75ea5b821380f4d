import { OrderedMap } from 'immutable';
import { newValues } from '../changes.js';
import { Missing, Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import { commonPools } from '../pools/events.js';
import { claimOfDay } from '../pools/reservations.js';
import type { DayClaim } from '../pools/reservations.js';
import { openStatuses } from './events.js';
import type { LeadDetails, LeadEvents, LeadGrade, LeadSource, LeadStatus, Scored } from './events.js';
import type { Following } from '../merged.js';

/** The clock of the first answer. It stops when the lead is contacted, and once its end is recorded as passed. */
export interface ResponseClock {
  readonly since: string;
  readonly dueAt: string;
  readonly minutes: number;
  readonly calendarId: string;
  readonly calendarRevision: number;
  readonly policyVersion: number;
}

/** With the customer that it was converted to. */
export interface KnownLead extends Following {
  readonly status: LeadStatus;
  readonly source: LeadSource;
  readonly details: LeadDetails;
  readonly ownerId: string | null;
  /** The pool it lies in; null as long as somebody answers for it. */
  readonly poolId: string | null;
  /** Since when it lies there, or has its owner. */
  readonly heldSince: string;
  /** Each with the time at which they ceased to have it. */
  readonly formerOwners: OrderedMap<string, string>;
  /** The claim by which its owner has it. */
  readonly claim: DayClaim | null;
  /** The owner that it was captured with. */
  readonly capturedFor: string | null;
  /** What the score was made of, to see whether anything changed. */
  readonly scoredBy: string;
  /** Whether a model outside is still to answer. */
  readonly modelAsked: boolean;
  readonly grade: LeadGrade | null;
  /** Whether the grade was given by hand: scores do not change it then. */
  readonly gradedByHand: boolean;
  readonly clock: ResponseClock | null;
  /** What of its last conversion was refused. */
  readonly refused: readonly string[];
  /** The status before it was converted or closed. */
  readonly before: LeadStatus;
}

export type Lead = { readonly status: 'unknown' } | KnownLead;

const changed = (state: Lead, change: Partial<KnownLead>): Lead =>
  state.status === 'unknown' ? state : { ...state, ...change };

const moved = (state: Lead, status: LeadStatus): Lead =>
  state.status === 'unknown' ? state : { ...state, status, before: state.status };

const OPEN: ReadonlySet<string> = new Set(openStatuses);

/** What tells one score from another. */
export const scoredBy = ({ score, factors, policyVersion, modelVersion }: Scored): string =>
  JSON.stringify([score, factors, policyVersion, ...(modelVersion === undefined ? [] : [modelVersion])]);

export const lead = decider<Lead, LeadEvents>({
  category: 'lead',
  initial: { status: 'unknown' },
  // A claim counts for its day, whatever becomes of the lead.
  reserves: (state, leadId) => (state.status !== 'unknown' && state.claim ? [claimOfDay(state.claim, { leadId })] : []),
  evolve: {
    LeadCaptured: (_, { source, details }, at) => ({
      status: 'new',
      source,
      details,
      ownerId: null,
      poolId: commonPools.lead,
      heldSince: at,
      formerOwners: OrderedMap(),
      claim: null,
      capturedFor: null,
      scoredBy: '',
      modelAsked: false,
      grade: null,
      gradedByHand: false,
      clock: null,
      refused: [],
      before: 'new',
      customerId: null,
      followed: [],
    }),
    LeadDetailsChanged: (state, { changes }) =>
      state.status === 'unknown' ? state : { ...state, details: { ...state.details, ...newValues(changes) } },
    LeadNoted: (state) => state,
    LeadScored: (state, { leadId: _, ...scored }) =>
      changed(state, {
        scoredBy: scoredBy(scored),
        ...(scored.modelVersion !== undefined && { modelAsked: false }),
      }),
    LeadModelAsked: (state) => changed(state, { modelAsked: true }),
    LeadModelFailed: (state) => changed(state, { modelAsked: false }),
    LeadGraded: (state, { to, basis }) => changed(state, { grade: to, gradedByHand: basis === 'hand' }),
    LeadResponseDue: (state, { leadId: _, ...clock }) => changed(state, { clock }),
    LeadClaimed: (state, { poolId, employeeId, day }) => changed(state, { claim: { poolId, employeeId, day } }),
    LeadReturnedToPool: (state, { poolId, from }, at) => given(state, { from, to: null, poolId }, at),
    LeadPoolChanged: (state, { to }) => changed(state, { poolId: to }),
    LeadAssigned: (state, { from, to, basis }, at) =>
      changed(given(state, { from, to, poolId: commonPools.lead }, at), {
        ...(basis === 'capture' && { capturedFor: to }),
      }),
    LeadContacted: (state) =>
      changed(state, {
        clock: null,
        ...(state.status === 'new' || state.status === 'assigned' ? { status: 'contacted' } : {}),
      }),
    LeadFirstResponseMet: (state) => changed(state, { clock: null }),
    LeadFirstResponseBreached: (state) => changed(state, { clock: null }),
    LeadQualified: (state) => moved(state, 'qualified'),
    LeadDisqualified: (state) => changed(moved(state, 'unqualified'), { clock: null }),
    LeadRecycled: (state) => changed(moved(state, 'recycled'), { clock: null }),
    LeadReopened: (state) =>
      changed(state, {
        status: state.status !== 'unknown' && state.ownerId === null ? 'new' : 'assigned',
      }),
    LeadMarkedDuplicate: (state) => changed(moved(state, 'duplicate'), { clock: null }),
    LeadConverted: (state, { customerId }) =>
      changed(moved(state, 'converted'), { refused: [], customerId, followed: [] }),
    LeadCustomerChanged: (state, { customerId, followed }) => changed(state, { customerId, followed }),
    LeadConversionFailed: (state, { part }) => {
      if (state.status === 'unknown') return state;
      const refused = [...state.refused, part];
      return part === 'customer'
        ? { ...state, refused, status: state.before, customerId: null }
        : { ...state, refused };
    },
  },
});

/** The lead has another owner, or lies in a pool. */
function given(
  state: Lead,
  { from, to, poolId }: { readonly from: string | null; readonly to: string | null; readonly poolId: string },
  at: string,
): Lead {
  if (state.status === 'unknown') return state;
  const { formerOwners, claim, status } = state;
  const isUntouched = status === 'new' || status === 'assigned';
  return {
    ...state,
    ownerId: to,
    poolId: to === null ? poolId : null,
    heldSince: at,
    formerOwners: from === null ? formerOwners : formerOwners.set(from, at),
    claim: from === null && claim?.employeeId === to ? claim : null,
    ...(isUntouched && { status: to === null ? 'new' : 'assigned' }),
  };
}

/** @throws Missing `lead-unknown` */
export function present(state: Lead, leadId: string): KnownLead {
  if (state.status === 'unknown') throw new Missing('lead', leadId);
  return state;
}

/** Whether a lead takes work. */
export const isOpen = ({ status }: KnownLead): boolean => OPEN.has(status);

/** @throws Missing · Refusal `lead-converted` · `lead-closed` */
export function open(state: Lead, leadId: string): KnownLead {
  const known = present(state, leadId);
  if (known.status === 'converted') {
    throw new Refusal('lead-converted', 'The lead was converted: it takes notes, and nothing else.', { leadId }, 409);
  }
  if (!isOpen(known)) {
    throw new Refusal('lead-closed', `The lead is ${known.status}: reopen it first.`, {
      leadId,
      leadStatus: known.status,
    });
  }
  return known;
}

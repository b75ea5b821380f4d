import { newValues } from '../libs/changes.js';
import type {
  Conversion,
  Disqualification,
  LeadDetails,
  LeadEvents,
  LeadGrade,
  LeadMatch,
  LeadSource,
  LeadStatus,
  ModelFailure,
  Scored,
} from '../libs/leads/events.js';
import { mergesOf } from '../libs/merged.js';
import { commonPools } from '../libs/pools/events.js';
import { projection } from '../libs/read-models/projection.js';
import { wordsOf } from '../libs/text.js';
import { keyOf } from './customer-keys.js';

/** How the first answer went; null where nothing says how soon a lead is answered. */
export type FirstResponse = 'open' | 'met' | 'breached' | null;

/** A lead as a list and its page show it. */
export interface LeadItem {
  readonly leadId: string;
  readonly source: LeadSource;
  readonly details: LeadDetails;
  readonly status: LeadStatus;
  readonly ownerId: string | null;
  /** The pool it lies in; null as long as somebody answers for it. */
  readonly poolId: string | null;
  /** Since when it lies there, or has its owner. */
  readonly heldSince: string;
  readonly grade: LeadGrade | null;
  /** What it was made of, and by which version of the policy; null where there is none. */
  readonly score: Scored | null;
  /** Whether a model outside is still to answer, and why it gave no score; null where it was not asked, or answered. */
  readonly model: { readonly failure: ModelFailure | null } | null;
  readonly capturedAt: string;
  readonly firstResponse: FirstResponse;
  /** When the first answer is or was due; null where nothing says so. */
  readonly responseDueAt: string | null;
  readonly firstContactAt: string | null;
  readonly qualifiedAt: string | null;
  readonly convertedAt: string | null;
  /** Why it was disqualified, recycled or reopened last. */
  readonly reason: Disqualification | string | null;
  readonly duplicateOf: { readonly kind: 'lead' | 'customer'; readonly id: string } | null;
  /** What became of it, and what might have been the same. */
  readonly conversion: (Conversion & { readonly matched: readonly LeadMatch[] }) | null;
  /** What of its conversion was refused, and why. */
  readonly failures: readonly { readonly part: string; readonly code: string; readonly detail: string }[];
  readonly notes: readonly { readonly at: string; readonly by: string; readonly text: string }[];
  readonly revision: number;
}

/** With what it is found by. */
export interface LeadLine extends LeadItem {
  readonly words: readonly string[];
  readonly keys: readonly string[];
  /** What leads are sorted by, where those without a time to be answered in come last: ascending and descending. */
  readonly dueKeys: { readonly soonest: string; readonly latest: string };
  /** The status before it was converted. */
  readonly before: LeadStatus;
  /** Merges of customers by which it was converted to its customer. */
  readonly mergeIds: readonly string[];
}

export const leadItem = ({
  words: _,
  keys: __,
  before: ___,
  dueKeys: ____,
  mergeIds: _____,
  ...item
}: LeadLine): LeadItem => item;

/** By what a lead is compared with customers and other leads. */
export const leadKeys = ({
  personName,
  companyName,
  domain,
  phone,
  email,
}: Pick<LeadDetails, 'personName' | 'companyName' | 'domain' | 'phone' | 'email'>): string[] =>
  [
    keyOf('name', companyName ?? personName),
    keyOf('domain', domain),
    keyOf('phone', phone),
    keyOf('email', email),
  ].filter((key) => key !== undefined);

const due = (responseDueAt: string | null) => ({
  responseDueAt,
  dueKeys: { soonest: responseDueAt ?? '9999', latest: responseDueAt ?? '' },
});

const found = (details: LeadDetails) => ({
  words: wordsOf(`${details.companyName ?? ''} ${details.personName ?? ''}`),
  keys: leadKeys(details),
});

export const leadList = projection<LeadLine, LeadEvents>({
  name: 'lead-list',
  version: 3,
  id: ({ data }) => data.leadId,
  stream: (leadId) => `lead-${leadId}`,
  indexes: [['capturedAt'], ['dueKeys.soonest'], ['dueKeys.latest']],
  filters: ['ownerId', 'poolId', 'status', 'grade', 'source.channel', 'firstResponse', 'conversion.customerId'],
  lists: ['words', 'keys', 'mergeIds'],
  starts: {
    LeadCaptured: ({ data: { leadId, source, details }, occurredAt, revision }) => ({
      leadId,
      source,
      details,
      ...found(details),
      status: 'new',
      before: 'new',
      mergeIds: [],
      ownerId: null,
      poolId: commonPools.lead,
      heldSince: occurredAt,
      grade: null,
      score: null,
      model: null,
      capturedAt: occurredAt,
      firstResponse: null,
      ...due(null),
      firstContactAt: null,
      qualifiedAt: null,
      convertedAt: null,
      reason: null,
      duplicateOf: null,
      conversion: null,
      failures: [],
      notes: [],
      revision,
    }),
  },
  on: {
    LeadDetailsChanged: (lead, { data: { changes }, revision }) => {
      const details = { ...lead.details, ...newValues(changes) };
      return { ...lead, details, ...found(details), revision };
    },
    LeadNoted: (lead, { data: { text }, occurredAt, metadata: { actor }, revision }) => ({
      ...lead,
      notes: [...lead.notes, { at: occurredAt, by: actor.name, text }],
      revision,
    }),
    LeadScored: (lead, { data: { leadId: _, ...score }, revision }) => ({
      ...lead,
      score,
      ...(score.modelVersion !== undefined && { model: null }),
      revision,
    }),
    LeadModelAsked: (lead, { revision }) => ({ ...lead, model: { failure: null }, revision }),
    LeadModelFailed: (lead, { data: { failure }, revision }) => ({ ...lead, model: { failure }, revision }),
    LeadGraded: (lead, { data: { to }, revision }) => ({ ...lead, grade: to, revision }),
    LeadResponseDue: (lead, { data: { dueAt }, revision }) => ({
      ...lead,
      firstResponse: 'open',
      ...due(dueAt),
      revision,
    }),
    LeadAssigned: (lead, { data: { to }, occurredAt, revision }) =>
      given(lead, { to, poolId: commonPools.lead }, occurredAt, revision),
    LeadClaimed: (lead, { revision }) => ({ ...lead, revision }),
    LeadReturnedToPool: (lead, { data: { poolId }, occurredAt, revision }) =>
      given(lead, { to: null, poolId }, occurredAt, revision),
    LeadPoolChanged: (lead, { data: { to }, revision }) => ({ ...lead, poolId: to, revision }),
    LeadContacted: (lead, { occurredAt, revision }) => ({
      ...lead,
      status: lead.status === 'new' || lead.status === 'assigned' ? 'contacted' : lead.status,
      firstContactAt: lead.firstContactAt ?? occurredAt,
      revision,
    }),
    LeadFirstResponseMet: (lead, { revision }) => ({ ...lead, firstResponse: 'met', revision }),
    LeadFirstResponseBreached: (lead, { revision }) => ({ ...lead, firstResponse: 'breached', revision }),
    LeadQualified: (lead, { occurredAt, revision }) => ({
      ...lead,
      status: 'qualified',
      before: lead.status,
      qualifiedAt: lead.qualifiedAt ?? occurredAt,
      revision,
    }),
    LeadDisqualified: (lead, { data: { reason }, revision }) => closed(lead, 'unqualified', { reason, revision }),
    LeadRecycled: (lead, { data: { reason }, revision }) => closed(lead, 'recycled', { reason, revision }),
    LeadReopened: (lead, { data: { reason }, revision }) => ({
      ...lead,
      status: lead.ownerId === null ? 'new' : 'assigned',
      duplicateOf: null,
      reason,
      revision,
    }),
    LeadMarkedDuplicate: (lead, { data: { of }, revision }) => closed(lead, 'duplicate', { duplicateOf: of, revision }),
    LeadConverted: (lead, { data, occurredAt, revision }) => {
      const { customerId, customer, contactId, contact, opportunity, matched } = data;
      const conversion = { customerId, customer, contactId, ...(contact && { contact }), opportunity, matched };
      return closed(lead, 'converted', { conversion, convertedAt: occurredAt, failures: [], revision });
    },
    LeadCustomerChanged: (lead, { data: { customerId, followed }, revision }) => ({
      ...lead,
      conversion: lead.conversion && { ...lead.conversion, customerId },
      mergeIds: mergesOf(followed),
      revision,
    }),
    LeadConversionFailed: (lead, { data: { part, code, detail }, revision }) => ({
      ...lead,
      ...(part === 'customer' && { status: lead.before, conversion: null, convertedAt: null }),
      failures: [...lead.failures, { part, code, detail }],
      revision,
    }),
  },
});

function given(
  lead: LeadLine,
  { to, poolId }: { readonly to: string | null; readonly poolId: string },
  at: string,
  revision: number,
): LeadLine {
  const isUntouched = lead.status === 'new' || lead.status === 'assigned';
  return {
    ...lead,
    ownerId: to,
    poolId: to === null ? poolId : null,
    heldSince: at,
    ...(isUntouched && { status: to === null ? 'new' : 'assigned' }),
    revision,
  };
}

/** The first answer to a lead that is closed is not waited for. */
const closed = (lead: LeadLine, status: LeadStatus, change: Partial<LeadLine>): LeadLine => ({
  ...lead,
  status,
  before: lead.status,
  ...(lead.firstResponse === 'open' && { firstResponse: null, ...due(null) }),
  ...change,
});

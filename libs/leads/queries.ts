import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { customerList, customerView } from '../../projections/customer-list.js';
import type { CustomerView } from '../../projections/customer-list.js';
import type { HideableField } from '../pools/events.js';
import { fromTheStart, poolList } from '../../projections/pool-list.js';
import { employeeCard, employeeList } from '../../projections/employee-list.js';
import type { EmployeeCard } from '../../projections/employee-list.js';
import { leadItem, leadList } from '../../projections/lead-list.js';
import type { LeadItem, LeadLine } from '../../projections/lead-list.js';
import { leadPolicyList } from '../../projections/lead-policy-list.js';
import type { LeadPolicyDocument } from '../../projections/lead-policy-list.js';
import { id, oneOf, text, time } from '../commands/fields.js';
import { idOrNone } from '../commands/query-fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { Missing } from '../errors.js';
import { include, page } from '../http/asked.js';
import type { Filter, Found } from '../read-models/read-models.js';
import { including, named } from '../read-models/asking/included.js';
import type { ById, Page } from '../read-models/asking/included.js';
import { checkWindow, Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import { wordFilters } from '../read-models/asking/word-filters.js';
import { leadChannels, leadGrades, leadStatuses } from './events.js';
import type { LeadDetails, LeadMatch } from './events.js';
import { leadPolicyId } from './lead-policy-id.js';
import { LeadMatches } from './facts.js';

/** A lead as it is shown. */
export interface LeadView extends LeadItem {
  /** What its pool does not show before somebody claims it, and is left out here. */
  readonly hidden: readonly HideableField[];
}

export class GetLead extends Query<LeadView> {
  constructor(
    readonly leadId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetLead)
export class GetLeadHandler implements IQueryHandler<GetLead> {
  constructor(private readonly reading: Reading) {}

  async execute({ leadId, when }: GetLead): Promise<LeadView> {
    const lead = await leadOf(this.reading, leadId, when);
    return viewOf(lead, await hiddenBy(this.reading, lead.poolId));
  }
}

/** What pools hide of a lead, by what they call it. */
const HIDDEN: Readonly<Partial<Record<HideableField, readonly (keyof LeadDetails)[]>>> = {
  phone: ['phone'],
  domain: ['domain'],
  contacts: ['email', 'phone', 'personTitle'],
};

/** What a pool hides today, whatever moment a question is about. */
async function hiddenBy(reading: Reading, poolId: string | null): Promise<readonly HideableField[]> {
  return (poolId === null ? undefined : await reading.document(poolList, poolId))?.hiddenFields ?? [];
}

function viewOf(lead: LeadLine, hidden: readonly HideableField[]): LeadView {
  const gone = hidden.flatMap((field) => (HIDDEN[field] ?? []).map((name) => [name, null]));
  const item = leadItem(lead);
  return { ...item, details: { ...item.details, ...(Object.fromEntries(gone) as object) }, hidden };
}

async function leadOf(reading: Reading, leadId: string, when: When = {}): Promise<LeadLine> {
  const lead = await reading.document(leadList, leadId, when);
  if (!lead) throw new Missing('lead', leadId);
  return lead;
}

/** Who might be the same as a lead. */
export interface LeadCandidates {
  readonly customers: readonly LeadMatch[];
  readonly leads: readonly { readonly leadId: string; readonly status: string }[];
}

export class GetLeadCandidates extends Query<LeadCandidates> {
  constructor(readonly leadId: string) {
    super();
  }
}

@QueryHandler(GetLeadCandidates)
export class GetLeadCandidatesHandler implements IQueryHandler<GetLeadCandidates> {
  constructor(
    private readonly reading: Reading,
    private readonly matches: LeadMatches,
  ) {}

  async execute({ leadId }: GetLeadCandidates): Promise<LeadCandidates> {
    const { details, keys } = await leadOf(this.reading, leadId);
    const readModels = await this.reading.of(leadList);
    const lists = await Promise.all(
      keys.map((key) =>
        readModels.find(leadList, { filter: { keys: { $has: key }, leadId: { $ne: leadId } }, limit: 20 }),
      ),
    );
    const leads = new Map(lists.flatMap(({ items }) => items.map((each) => [each.leadId, each.status] as const)));
    return {
      customers: await this.matches.of(details),
      leads: Array.from(leads, ([id, status]) => ({ leadId: id, status })),
    };
  }
}

/** What of other documents a page of leads can show. */
const included = {
  owner: named(({ ownerId }: LeadItem) => ownerId, employeeList, employeeCard),
  customer: named(({ conversion }: LeadItem) => conversion?.customerId ?? null, customerList, customerView),
};

export interface LeadIncluded {
  readonly owner?: ById<EmployeeCard>;
  readonly customer?: ById<CustomerView>;
}

/** What leads are listed by. */
export const leadFilters = {
  ...page,
  include: include('owner', 'customer'),
  owner: idOrNone().optional().describe('Employee who answers for it, or `none`.'),
  pool: id().optional().describe('The pool it lies in, because nobody answers for it.'),
  status: oneOf(leadStatuses).optional(),
  grade: oneOf(leadGrades).optional(),
  channel: oneOf(leadChannels).optional(),
  response: oneOf(['open', 'met', 'breached']).optional().describe('How the first answer went.'),
  text: text(255).optional().describe('Words of the names, or how they begin.'),
  capturedFrom: time().optional().describe('Captured at this time or later.'),
  capturedTo: time().optional().describe('Captured before this time.'),
  sort: oneOf(['captured', '-captured', 'responseDue', '-responseDue'])
    .optional()
    .describe('Leads without a time to be answered in come last.'),
};

const SORTED_BY = {
  captured: 'capturedAt',
  '-captured': '-capturedAt',
  responseDue: 'dueKeys.soonest',
  '-responseDue': '-dueKeys.latest',
} as const;

export class ListLeads extends Query<Page<LeadView, LeadIncluded>> {
  constructor(readonly listing: ValuesOf<typeof leadFilters> = {}) {
    super();
  }
}

@QueryHandler(ListLeads)
export class ListLeadsHandler implements IQueryHandler<ListLeads> {
  constructor(private readonly reading: Reading) {}

  async execute({ listing }: ListLeads): Promise<Page<LeadView, LeadIncluded>> {
    const {
      owner,
      pool,
      status,
      grade,
      channel,
      response,
      text,
      capturedFrom,
      capturedTo,
      limit = 50,
      cursor,
    } = listing;
    const { sort = '-captured' } = listing;
    checkWindow('capturedTo', capturedFrom, capturedTo);
    const filter: Filter = {
      ownerId: owner === 'none' ? null : owner,
      poolId: pool,
      status,
      grade,
      'source.channel': channel,
      firstResponse: response,
      $and: wordFilters(text),
      ...((capturedFrom ?? capturedTo) !== undefined && {
        capturedAt: {
          ...(capturedFrom !== undefined && { $gte: capturedFrom }),
          ...(capturedTo !== undefined && { $lt: capturedTo }),
        },
      }),
    };
    await this.reading.known(employeeList, 'employee', owner === 'none' ? undefined : owner);
    if (!fromTheStart.some(({ poolId }) => poolId === pool)) await this.reading.known(poolList, 'pool', pool);
    const readModels = await this.reading.of(leadList, listing);
    const { items, ...more } = await readModels.find(leadList, { filter, sort: [SORTED_BY[sort]], limit, cursor });
    const pools = [...new Set(items.map(({ poolId }) => poolId))];
    const hidden = new Map(await Promise.all(pools.map(async (id) => [id, await hiddenBy(this.reading, id)] as const)));
    const views = items.map((each) => viewOf(each, hidden.get(each.poolId)!));
    return including(this.reading, { items: views, ...more }, included, listing);
  }
}

export class ListLeadPolicies extends Query<Found<LeadPolicyDocument>> {
  constructor(readonly when: When = {}) {
    super();
  }
}

@QueryHandler(ListLeadPolicies)
export class ListLeadPoliciesHandler implements IQueryHandler<ListLeadPolicies> {
  constructor(private readonly reading: Reading) {}

  async execute({ when }: ListLeadPolicies): Promise<Found<LeadPolicyDocument>> {
    const policy = await this.reading.document(leadPolicyList, leadPolicyId(), when);
    return { items: policy ? [policy] : [] };
  }
}

export class GetLeadPolicy extends Query<LeadPolicyDocument> {
  constructor(
    readonly policyId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetLeadPolicy)
export class GetLeadPolicyHandler implements IQueryHandler<GetLeadPolicy> {
  constructor(private readonly reading: Reading) {}

  async execute({ policyId, when }: GetLeadPolicy): Promise<LeadPolicyDocument> {
    const policy = await this.reading.document(leadPolicyList, policyId, when);
    if (!policy) throw new Missing('lead-policy', policyId);
    return policy;
  }
}

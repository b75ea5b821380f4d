import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { contactList } from '../../projections/contact-list.js';
import type { ContactLine } from '../../projections/contact-list.js';
import { customerList, customerView } from '../../projections/customer-list.js';
import type { CustomerView } from '../../projections/customer-list.js';
import { customerProfile } from '../../projections/customer-profile.js';
import type { CustomerProfile } from '../../projections/customer-profile.js';
import { customerTimeline } from '../../projections/customer-timeline.js';
import type { TimelineEntry } from '../../projections/customer-timeline.js';
import { employeeCard, employeeList } from '../../projections/employee-list.js';
import type { EmployeeCard } from '../../projections/employee-list.js';
import { keyFieldPolicyList } from '../../projections/key-field-policy-list.js';
import { segmentList } from '../../projections/segment-list.js';
import { tierPolicyList } from '../../projections/tier-policy-list.js';
import { id, oneOf, text, time } from '../commands/fields.js';
import { trueOrFalse } from '../commands/query-fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { keyFieldPolicyId } from '../data-quality/events.js';
import { Missing } from '../errors.js';
import { include, page } from '../http/asked.js';
import { completenessOf, fieldsFor, unknownFields } from '../key-fields.js';
import type { Completeness } from '../key-fields.js';
import type { Filter, Found } from '../read-models/read-models.js';
import { including, named } from '../read-models/asking/included.js';
import type { ById, Page } from '../read-models/asking/included.js';
import { fromTheStart, poolList } from '../../projections/pool-list.js';
import type { HideableField } from '../pools/events.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import { wordFilters } from '../read-models/asking/word-filters.js';
import { normalForm } from '../text.js';
import { tierPolicyId } from '../tiers/events.js';
import { customerStatuses, livingStatuses } from './events.js';
import { tiers } from '../tiering.js';

/** The head of the customer screen, with what its tier is given. */
export interface CustomerPage extends CustomerProfile {
  /** How much of what the policy for key fields asks for is known, by its version of the moment; null where there is none. */
  readonly completeness: Completeness & { readonly policyVersion: number | null };
  /** By the policy in force at the moment that is asked about; null where there is none. */
  readonly servicePlan: string | null;
  /** What its pool does not show before somebody claims it, and is left out here. */
  readonly hidden: readonly HideableField[];
}

export class GetCustomer extends Query<CustomerPage> {
  constructor(
    readonly customerId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetCustomer)
export class GetCustomerHandler implements IQueryHandler<GetCustomer> {
  constructor(private readonly reading: Reading) {}

  async execute({ customerId, when }: GetCustomer): Promise<CustomerPage> {
    const profile = await this.reading.document(customerProfile, customerId, when);
    if (!profile) throw new Missing('customer', customerId);
    const { atRevision: _, ...moment } = when;
    const policy = await this.reading.document(tierPolicyList, tierPolicyId, moment);
    const step = policy?.versions.at(-1)?.tiers.find(({ tier }) => tier === profile.tier);
    const asked = (await this.reading.document(keyFieldPolicyList, keyFieldPolicyId, moment))?.versions.at(-1);
    const hidden = await hiddenBy(this.reading, profile.poolId);
    const gone = Object.fromEntries(hidden.filter((field) => field !== 'contacts').map((field) => [field, null]));
    return {
      ...profile,
      details: { ...profile.details, ...gone },
      contacts: hidden.includes('contacts') ? [] : profile.contacts,
      completeness: {
        ...completenessOf(fieldsFor(asked, profile), unknownFields(profile)),
        policyVersion: asked?.version ?? null,
      },
      servicePlan: step?.servicePlan ?? null,
      hidden,
    };
  }
}

/** What a pool hides today, whatever moment a question is about. */
async function hiddenBy(reading: Reading, poolId: string | null): Promise<readonly HideableField[]> {
  return (poolId === null ? undefined : await reading.document(poolList, poolId))?.hiddenFields ?? [];
}

/** A line without what only the search looks at. */
export type ContactItem = Omit<ContactLine, 'nameKey' | 'words'>;

const words = () =>
  text(255)
    .optional()
    .describe('Words of the name, or how they begin; of names without blanks between words, any piece.');

export const customerOrders = ['name', '-name', 'lastActivity', '-lastActivity', 'registered', '-registered'] as const;

/** What of other documents a page of customers can show. */
const included = {
  owner: named(({ ownerId }: CustomerView) => ownerId, employeeList, employeeCard),
  parent: named(({ parentCustomerId }: CustomerView) => parentCustomerId, customerList, customerView),
};

export interface CustomerIncluded {
  readonly owner?: ById<EmployeeCard>;
  readonly parent?: ById<CustomerView>;
}

/** What customers are listed by. */
export const customerFilters = {
  ...page,
  include: include('owner', 'parent'),
  tier: oneOf(tiers).optional(),
  owner: id().optional(),
  tag: text(100).optional(),
  region: text(255).optional(),
  pool: id().optional().describe('The pool it lies in.'),
  segment: id().optional().describe('A segment that it belongs to.'),
  source: text(255).optional().describe('Where it came from.'),
  sector: text(255).optional(),
  quietSince: time().optional().describe('Nothing was heard of it, and nothing sold to it, since then.'),
  status: oneOf(customerStatuses).optional(),
  archived: trueOrFalse()
    .optional()
    .describe(
      'Whether customers that were put away are listed among the others; they are not unless this, or their status, asks for them.',
    ),
  text: words(),
  sort: oneOf(customerOrders).optional(),
};

/** What an order is called outside, and the path it sorts by. */
const ORDERS: Readonly<Record<string, string>> = {
  name: 'nameKey',
  lastActivity: 'lastActivityAt',
  registered: 'registeredAt',
};

export class ListCustomers extends Query<Page<CustomerView, CustomerIncluded>> {
  constructor(readonly listing: ValuesOf<typeof customerFilters> = {}) {
    super();
  }
}

@QueryHandler(ListCustomers)
export class ListCustomersHandler implements IQueryHandler<ListCustomers> {
  constructor(private readonly reading: Reading) {}

  async execute({ listing }: ListCustomers): Promise<Page<CustomerView, CustomerIncluded>> {
    const { tier, owner, pool, segment, tag, region, source, sector, quietSince, status, archived = false } = listing;
    const { text, sort = 'name', limit = 50, cursor } = listing;
    const filter: Filter = {
      tier,
      ownerId: owner,
      poolId: pool,
      region,
      source,
      sector,
      lastActivityAt: quietSince === undefined ? undefined : { $lt: quietSince },
      status: status ?? (archived ? undefined : { $in: livingStatuses }),
      segmentIds: segment === undefined ? undefined : { $has: segment },
      tagKeys: tag === undefined ? undefined : { $has: normalForm(tag) },
      $and: wordFilters(text),
    };
    const { reading } = this;
    await reading.known(employeeList, 'employee', owner);
    if (!fromTheStart.some(({ poolId }) => poolId === pool)) await reading.known(poolList, 'pool', pool);
    await reading.known(segmentList, 'segment', segment);
    await reading.used(customerList, 'tag', tag, { tagKeys: filter['tagKeys'] });
    await reading.used(customerList, 'region', region, { region });
    await reading.used(customerList, 'source', source, { source });
    await reading.used(customerList, 'sector', sector, { sector });
    const order = sort.startsWith('-') ? `-${ORDERS[sort.slice(1)]}` : ORDERS[sort]!;
    const readModels = await this.reading.of(customerList, listing);
    const { items, ...more } = await readModels.find(customerList, { filter, sort: [order], limit, cursor });
    return including(reading, { items: items.map(customerView), ...more }, included, listing);
  }
}

const customerOfContact = {
  customer: named(({ customerId }: ContactItem) => customerId, customerList, customerView),
};

export interface ContactIncluded {
  readonly customer?: ById<CustomerView>;
}

/** What contacts are listed by. */
export const contactFilters = { ...page, include: include('customer'), customer: id().optional(), text: words() };

export class ListContacts extends Query<Page<ContactItem, ContactIncluded>> {
  constructor(readonly listing: ValuesOf<typeof contactFilters> = {}) {
    super();
  }
}

@QueryHandler(ListContacts)
export class ListContactsHandler implements IQueryHandler<ListContacts> {
  constructor(private readonly reading: Reading) {}

  async execute({ listing }: ListContacts): Promise<Page<ContactItem, ContactIncluded>> {
    const { customer, text, limit = 50, cursor } = listing;
    await this.reading.known(customerList, 'customer', customer);
    const readModels = await this.reading.of(contactList, listing);
    const filter: Filter = { customerId: customer, $and: wordFilters(text) };
    const { items, ...more } = await readModels.find(contactList, { filter, sort: ['nameKey'], limit, cursor });
    const shown = await this.#shown(items);
    const found = { items: shown.map(({ nameKey: _, words: __, ...line }) => line), ...more };
    return including(this.reading, found, customerOfContact, listing);
  }

  /** Those of customers whose pool hides them are left out, so that a page can be shorter than was asked for. */
  async #shown(contacts: readonly ContactLine[]): Promise<readonly ContactLine[]> {
    const ids = [...new Set(contacts.map(({ customerId }) => customerId))];
    const customers = await Promise.all(ids.map((customerId) => this.reading.document(customerList, customerId)));
    const pools = new Set(customers.flatMap((customer) => customer?.poolId ?? []));
    const hiding = new Set<string>();
    for (const poolId of pools) if ((await hiddenBy(this.reading, poolId)).includes('contacts')) hiding.add(poolId);
    const isHidden = (id: string) => hiding.has(customers[ids.indexOf(id)]?.poolId ?? '');
    return hiding.size === 0 ? contacts : contacts.filter(({ customerId }) => !isHidden(customerId));
  }
}

export class GetTimeline extends Query<Found<TimelineEntry>> {
  constructor(
    readonly customerId: string,
    readonly listing: ValuesOf<typeof page> = {},
  ) {
    super();
  }
}

@QueryHandler(GetTimeline)
export class GetTimelineHandler implements IQueryHandler<GetTimeline> {
  constructor(private readonly reading: Reading) {}

  async execute({ customerId, listing }: GetTimeline): Promise<Found<TimelineEntry>> {
    const { limit = 50, cursor, ...moment } = listing;
    const profile = await this.reading.document(customerProfile, customerId, moment);
    if (!profile) await this.reading.known(customerList, 'customer', customerId);
    const merged = profile?.absorbed.flatMap(({ loserIds }) => loserIds) ?? [];
    const readModels = await this.reading.of(customerTimeline, listing);
    const filter = { customerId: merged.length === 0 ? customerId : { $in: [customerId, ...merged] } };
    // The cursor is of the list of this customer, whichever were merged into it by now.
    return readModels.find(customerTimeline, { filter, asked: { customerId }, sort: ['-at'], limit, cursor });
  }
}

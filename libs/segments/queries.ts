import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { customerList, customerView } from '../../projections/customer-list.js';
import type { CustomerView } from '../../projections/customer-list.js';
import { segmentList, segmentView } from '../../projections/segment-list.js';
import type { SegmentView } from '../../projections/segment-list.js';
import { segmentStays } from '../../projections/segment-stays.js';
import type { SegmentStayLine } from '../../projections/segment-stays.js';
import { id, oneOf, text } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { trueOrFalse } from '../commands/query-fields.js';
import { Missing } from '../errors.js';
import { include, page } from '../http/asked.js';
import { including, named } from '../read-models/asking/included.js';
import type { ById, Page } from '../read-models/asking/included.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import { nameKey } from '../text.js';
import type { Found } from '../read-models/read-models.js';

export class GetSegment extends Query<SegmentView> {
  constructor(
    readonly segmentId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetSegment)
export class GetSegmentHandler implements IQueryHandler<GetSegment> {
  constructor(private readonly reading: Reading) {}

  async execute({ segmentId, when }: GetSegment): Promise<SegmentView> {
    const segment = await this.reading.document(segmentList, segmentId, when);
    if (!segment) throw new Missing('segment', segmentId);
    return segmentView(segment);
  }
}

/** What segments are listed by. */
export const segmentFilters = {
  ...page,
  status: oneOf(['in-force', 'retired']).optional(),
  name: text(200).optional().describe('The whole name, in any spelling.'),
};

export class ListSegments extends Query<Found<SegmentView>> {
  constructor(readonly listing: ValuesOf<typeof segmentFilters> = {}) {
    super();
  }
}

@QueryHandler(ListSegments)
export class ListSegmentsHandler implements IQueryHandler<ListSegments> {
  constructor(private readonly reading: Reading) {}

  async execute({ listing }: ListSegments): Promise<Found<SegmentView>> {
    const { status, name, limit = 50, cursor } = listing;
    const filter = { status, nameKey: name === undefined ? undefined : nameKey(name) };
    const readModels = await this.reading.of(segmentList, listing);
    const found = await readModels.find(segmentList, { filter, sort: ['nameKey'], limit, cursor });
    return { ...found, items: found.items.map(segmentView) };
  }
}

const included = {
  customer: named(({ customerId }: SegmentStayLine) => customerId, customerList, customerView),
  segment: named(({ segmentId }: SegmentStayLine) => segmentId, segmentList, segmentView),
};

export interface StayIncluded {
  readonly customer?: ById<CustomerView>;
  readonly segment?: ById<SegmentView>;
}

/** What stays of customers in segments are listed by. */
export const stayFilters = {
  ...page,
  include: include('customer', 'segment'),
  segment: id().optional(),
  customer: id().optional(),
  isIn: trueOrFalse().optional().describe('Whether the customer belongs to it still, or does no more.'),
  sort: oneOf(['since', '-since', 'changed', '-changed']).optional(),
};

/** What an order is called outside, and the path it sorts by. */
const ORDERS: Readonly<Record<string, string>> = { since: 'since', changed: 'changedAt' };

export class ListSegmentStays extends Query<Page<SegmentStayLine, StayIncluded>> {
  constructor(readonly listing: ValuesOf<typeof stayFilters> = {}) {
    super();
  }
}

@QueryHandler(ListSegmentStays)
export class ListSegmentStaysHandler implements IQueryHandler<ListSegmentStays> {
  constructor(private readonly reading: Reading) {}

  async execute({ listing }: ListSegmentStays): Promise<Page<SegmentStayLine, StayIncluded>> {
    const { segment, customer, isIn, sort = '-changed', limit = 50, cursor } = listing;
    await this.reading.known(segmentList, 'segment', segment);
    await this.reading.known(customerList, 'customer', customer);
    const order = sort.startsWith('-') ? `-${ORDERS[sort.slice(1)]}` : ORDERS[sort]!;
    const readModels = await this.reading.of(segmentStays, listing);
    const filter = { segmentId: segment, customerId: customer, isIn };
    const found = await readModels.find(segmentStays, { filter, sort: [order], limit, cursor });
    return including(this.reading, found, included, listing);
  }
}

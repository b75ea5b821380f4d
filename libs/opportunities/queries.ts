import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { customerList, customerView } from '../../projections/customer-list.js';
import type { CustomerView } from '../../projections/customer-list.js';
import { employeeCard, employeeList } from '../../projections/employee-list.js';
import type { EmployeeCard } from '../../projections/employee-list.js';
import { opportunityBoard, opportunityView } from '../../projections/opportunity-board.js';
import type { OpportunityView } from '../../projections/opportunity-board.js';
import { opportunityDetail } from '../../projections/opportunity-detail.js';
import type { OpportunityDetail } from '../../projections/opportunity-detail.js';
import { pipelineList, pipelineView } from '../../projections/pipeline-list.js';
import type { PipelineDefinition, PipelineView } from '../../projections/pipeline-list.js';
import { anyCurrency, day, id, oneOf, text } from '../commands/fields.js';
import { idOrNone } from '../commands/query-fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { Missing } from '../errors.js';
import { include, page } from '../http/asked.js';
import type { Found } from '../read-models/read-models.js';
import { including, named } from '../read-models/asking/included.js';
import type { ById, Page } from '../read-models/asking/included.js';
import { checkWindow, Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';

export class GetOpportunity extends Query<OpportunityDetail> {
  constructor(
    readonly opportunityId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetOpportunity)
export class GetOpportunityHandler implements IQueryHandler<GetOpportunity> {
  constructor(private readonly reading: Reading) {}

  async execute({ opportunityId, when }: GetOpportunity): Promise<OpportunityDetail> {
    const detail = await this.reading.document(opportunityDetail, opportunityId, when);
    if (!detail) throw new Missing('opportunity', opportunityId);
    return detail;
  }
}

/** What an order is called outside, and the paths it sorts by. Amounts of different currencies do not compare. */
const ORDERS = {
  closeOn: ['order.closeOn'],
  '-closeOn': ['-order.closeOnDown'],
  amount: ['order.currency', 'order.amount'],
  '-amount': ['-order.currencyDown', '-order.amount'],
  name: ['order.name'],
  '-name': ['-order.name'],
  registered: ['registeredAt'],
  '-registered': ['-registeredAt'],
} as const;

type OpportunityOrder = keyof typeof ORDERS;

/** What of other documents a page of opportunities can show. */
const included = {
  customer: named(({ customerId }: OpportunityView) => customerId, customerList, customerView),
  owner: named(({ ownerId }: OpportunityView) => ownerId, employeeList, employeeCard),
  pipeline: named(({ pipelineId }: OpportunityView) => pipelineId, pipelineList, pipelineView),
};

export interface OpportunityIncluded {
  readonly customer?: ById<CustomerView>;
  readonly owner?: ById<EmployeeCard>;
  readonly pipeline?: ById<PipelineView>;
}

/** What opportunities are listed by. */
export const opportunityFilters = {
  ...page,
  include: include('customer', 'owner', 'pipeline'),
  pipeline: id().optional(),
  stage: text(64).optional(),
  status: oneOf(['open', 'won', 'lost', 'void']).optional(),
  owner: id().optional(),
  customer: idOrNone().optional().describe('A customer, or `none` for those not tied to one.'),
  currency: anyCurrency().optional().describe('Only amounts in this currency, one that is or was.'),
  closeFrom: day().optional().describe('Expected to close on this day or later.'),
  closeTo: day().optional().describe('Expected to close before this day.'),
  sort: oneOf(Object.keys(ORDERS) as OpportunityOrder[])
    .optional()
    .describe('By amount means by currency first, what has no amount last.'),
};

type Listing = ValuesOf<typeof opportunityFilters>;

export class ListOpportunities extends Query<Page<OpportunityView, OpportunityIncluded>> {
  constructor(readonly listing: Listing = {}) {
    super();
  }
}

@QueryHandler(ListOpportunities)
export class ListOpportunitiesHandler implements IQueryHandler<ListOpportunities> {
  constructor(private readonly reading: Reading) {}

  async execute({ listing }: ListOpportunities): Promise<Page<OpportunityView, OpportunityIncluded>> {
    const { pipeline, stage, status, owner, customer, currency, closeFrom, closeTo } = listing;
    const { sort = 'closeOn', limit = 50, cursor } = listing;
    const filter = {
      pipelineId: pipeline,
      stageId: stage,
      status,
      ownerId: owner,
      customerId: customer === 'none' ? null : customer,
      'order.currency': currency,
      ...((closeFrom ?? closeTo) !== undefined && {
        expectedCloseOn: {
          ...(closeFrom !== undefined && { $gte: closeFrom }),
          ...(closeTo !== undefined && { $lt: closeTo }),
        },
      }),
    };
    checkWindow('closeTo', closeFrom, closeTo);
    await this.#known(listing);
    const readModels = await this.reading.of(opportunityBoard, listing);
    const { items, ...more } = await readModels.find(opportunityBoard, { filter, sort: ORDERS[sort], limit, cursor });
    return including(this.reading, { items: items.map(opportunityView), ...more }, included, listing);
  }

  async #known({ pipeline, stage, owner, customer }: Listing): Promise<void> {
    const { reading } = this;
    await reading.known(pipelineList, 'pipeline', pipeline);
    await reading.known(employeeList, 'employee', owner);
    await reading.known(customerList, 'customer', customer === 'none' ? undefined : customer);
    if (stage === undefined) return;
    const filter = pipeline === undefined ? {} : { pipelineId: pipeline };
    await reading.used(pipelineList, 'stage', stage, filter, (definition) => hasStage(definition, stage));
  }
}

const hasStage = ({ draft, versions }: PipelineDefinition, stage: string): boolean =>
  [draft, ...versions.map(({ stages }) => stages)].flat().some(({ id }) => id === stage);

export class GetPipeline extends Query<PipelineView> {
  constructor(
    readonly pipelineId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetPipeline)
export class GetPipelineHandler implements IQueryHandler<GetPipeline> {
  constructor(private readonly reading: Reading) {}

  async execute({ pipelineId, when }: GetPipeline): Promise<PipelineView> {
    const definition = await this.reading.document(pipelineList, pipelineId, when);
    if (!definition) throw new Missing('pipeline', pipelineId);
    return pipelineView(definition);
  }
}

export class ListPipelines extends Query<Found<PipelineView>> {
  constructor(readonly asked: ValuesOf<typeof page> = {}) {
    super();
  }
}

@QueryHandler(ListPipelines)
export class ListPipelinesHandler implements IQueryHandler<ListPipelines> {
  constructor(private readonly reading: Reading) {}

  async execute({ asked }: ListPipelines): Promise<Found<PipelineView>> {
    const { limit = 50, cursor } = asked;
    const readModels = await this.reading.of(pipelineList, asked);
    const { items, ...more } = await readModels.find(pipelineList, { sort: ['nameKey'], limit, cursor });
    return { items: items.map(pipelineView), ...more };
  }
}

import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { employeeCard, employeeList } from '../../projections/employee-list.js';
import type { EmployeeCard } from '../../projections/employee-list.js';
import { transferList, transferView } from '../../projections/transfer-list.js';
import type { TransferView } from '../../projections/transfer-list.js';
import { transferPolicyList } from '../../projections/transfer-policy-list.js';
import type { TransferPolicyDocument } from '../../projections/transfer-policy-list.js';
import { id, oneOf } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { Missing } from '../errors.js';
import { include, page } from '../http/asked.js';
import { including, named } from '../read-models/asking/included.js';
import type { ById, Page } from '../read-models/asking/included.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import type { Filter, Found } from '../read-models/read-models.js';
import { transferPolicyId, transferStatuses } from './events.js';

export class GetTransfer extends Query<TransferView> {
  constructor(
    readonly transferId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetTransfer)
export class GetTransferHandler implements IQueryHandler<GetTransfer> {
  constructor(private readonly reading: Reading) {}

  async execute({ transferId, when }: GetTransfer): Promise<TransferView> {
    const transfer = await this.reading.document(transferList, transferId, when);
    if (!transfer) throw new Missing('transfer', transferId);
    return transferView(transfer);
  }
}

const included = {
  from: named(({ fromOwnerId }: TransferView) => fromOwnerId, employeeList, employeeCard),
  to: named(({ toOwnerId }: TransferView) => toOwnerId, employeeList, employeeCard),
};

export interface TransferIncluded {
  readonly from?: ById<EmployeeCard>;
  readonly to?: ById<EmployeeCard>;
}

/** What transfers are listed by. */
export const transferFilters = {
  ...page,
  include: include('from', 'to'),
  status: oneOf(transferStatuses).optional(),
  from: id().optional().describe('Employee who is to give.'),
  to: id().optional().describe('Employee who is to get.'),
  requester: id().optional(),
  subject: id().optional().describe('A customer, an opportunity or a lead that it is about.'),
};

export class ListTransfers extends Query<Page<TransferView, TransferIncluded>> {
  constructor(readonly listing: ValuesOf<typeof transferFilters> = {}) {
    super();
  }
}

@QueryHandler(ListTransfers)
export class ListTransfersHandler implements IQueryHandler<ListTransfers> {
  constructor(private readonly reading: Reading) {}

  async execute({ listing }: ListTransfers): Promise<Page<TransferView, TransferIncluded>> {
    const { status, from, to, requester, subject, limit = 50, cursor } = listing;
    for (const employee of [from, to, requester]) await this.reading.known(employeeList, 'employee', employee);
    const filter: Filter = {
      status,
      fromOwnerId: from,
      toOwnerId: to,
      requesterId: requester,
      subjectIds: subject === undefined ? undefined : { $has: subject },
    };
    const readModels = await this.reading.of(transferList, listing);
    const { items, ...more } = await readModels.find(transferList, { filter, sort: ['-draftedAt'], limit, cursor });
    return including(this.reading, { items: items.map(transferView), ...more }, included, listing);
  }
}

export class ListTransferPolicies extends Query<Found<TransferPolicyDocument>> {
  constructor(readonly when: When = {}) {
    super();
  }
}

@QueryHandler(ListTransferPolicies)
export class ListTransferPoliciesHandler implements IQueryHandler<ListTransferPolicies> {
  constructor(private readonly reading: Reading) {}

  async execute({ when }: ListTransferPolicies): Promise<Found<TransferPolicyDocument>> {
    const policy = await this.reading.document(transferPolicyList, transferPolicyId, when);
    return { items: policy ? [policy] : [] };
  }
}

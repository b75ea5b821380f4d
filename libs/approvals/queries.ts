import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { approvalFlowItem, approvalFlowList } from '../../projections/approval-flow-list.js';
import type { ApprovalFlowItem } from '../../projections/approval-flow-list.js';
import { approvalItem, approvalList } from '../../projections/approval-list.js';
import type { ApprovalItem } from '../../projections/approval-list.js';
import { employeeCard, employeeList } from '../../projections/employee-list.js';
import type { EmployeeCard } from '../../projections/employee-list.js';
import { Clock } from '../clock.js';
import { id, oneOf } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { Missing } from '../errors.js';
import { envelope } from '../event-store/envelope.js';
import { include, page } from '../http/asked.js';
import { isAway } from '../organisation/events.js';
import { including, named } from '../read-models/asking/included.js';
import type { ById, Page } from '../read-models/asking/included.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import type { Filter, Found } from '../read-models/read-models.js';
import { approvalStatuses, approvalSubjects } from './events.js';

export class GetApproval extends Query<ApprovalItem> {
  constructor(
    readonly approvalId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetApproval)
export class GetApprovalHandler implements IQueryHandler<GetApproval> {
  constructor(private readonly reading: Reading) {}

  async execute({ approvalId, when }: GetApproval): Promise<ApprovalItem> {
    const line = await this.reading.document(approvalList, approvalId, when);
    if (!line) throw new Missing('approval', approvalId);
    return approvalItem(line);
  }
}

/** What of other documents a page of requests can show. */
const included = {
  owner: named(({ ownerId }: ApprovalItem) => ownerId, employeeList, employeeCard),
  submitter: named(({ submitterId }: ApprovalItem) => submitterId, employeeList, employeeCard),
};

export interface ApprovalIncluded {
  readonly owner?: ById<EmployeeCard>;
  readonly submitter?: ById<EmployeeCard>;
}

/** What requests are listed by. */
export const approvalFilters = {
  ...page,
  include: include('owner', 'submitter'),
  subjectKind: oneOf(approvalSubjects).optional(),
  subject: id().optional().describe('Id of what is approved.'),
  flow: id().optional(),
  status: oneOf(approvalStatuses).optional(),
  approver: id().optional().describe('Employee who is or was an approver of one of the steps.'),
  submitter: id().optional(),
  sort: oneOf(['submitted', '-submitted']).optional(),
};

export class ListApprovals extends Query<Page<ApprovalItem, ApprovalIncluded>> {
  constructor(readonly listing: ValuesOf<typeof approvalFilters> = {}) {
    super();
  }
}

@QueryHandler(ListApprovals)
export class ListApprovalsHandler implements IQueryHandler<ListApprovals> {
  constructor(private readonly reading: Reading) {}

  async execute({ listing }: ListApprovals): Promise<Page<ApprovalItem, ApprovalIncluded>> {
    const { subjectKind, subject, flow, status, approver, submitter, limit = 50, cursor } = listing;
    await this.reading.known(approvalFlowList, 'approval-flow', flow);
    await this.reading.known(employeeList, 'employee', approver);
    await this.reading.known(employeeList, 'employee', submitter);
    const filter: Filter = {
      'subject.kind': subjectKind,
      'subject.id': subject,
      flowId: flow,
      status,
      submitterId: submitter,
      ...(approver !== undefined && { approverIds: { $has: approver } }),
    };
    const readModels = await this.reading.of(approvalList, listing);
    const sort = [listing.sort === 'submitted' ? 'submittedAt' : '-submittedAt'];
    const { items, ...more } = await readModels.find(approvalList, { filter, sort, limit, cursor });
    return including(this.reading, { items: items.map(approvalItem), ...more }, included, listing);
  }
}

export const inboxFilters = {
  ...page,
  employee: id().optional().describe('The person for whom requests wait: the caller unless it says otherwise.'),
};

/** A request that waits for a person. */
export interface InboxItem extends ApprovalItem {
  /** The approver in whose stead the person is asked; null where it is the person. */
  readonly onBehalfOf: string | null;
}

export class GetApprovalInbox extends Query<Found<InboxItem>> {
  constructor(readonly listing: ValuesOf<typeof inboxFilters> = {}) {
    super();
  }
}

@QueryHandler(GetApprovalInbox)
export class GetApprovalInboxHandler implements IQueryHandler<GetApprovalInbox> {
  constructor(
    private readonly reading: Reading,
    private readonly clock: Clock,
  ) {}

  async execute({ listing }: GetApprovalInbox): Promise<Found<InboxItem>> {
    const { employee = envelope().actor.id, limit = 50, cursor } = listing;
    await this.reading.known(employeeList, 'employee', listing.employee);
    const absent = await this.#absentUnder(employee, listing);
    const others: Filter = {
      // A deputy does not decide on what the deputy submitted, or has the use of.
      submitterId: { $ne: employee },
      beneficiaryId: { $ne: employee },
      $or: absent.map((each) => ({ waitingFor: { $has: each } })),
    };
    const own: Filter = { waitingFor: { $has: employee } };
    const filter: Filter = { status: 'pending', $or: absent.length === 0 ? [own] : [own, others] };
    const readModels = await this.reading.of(approvalList, listing);
    // Absences can begin and end between two pages of one list.
    const find = { filter, asked: { employee }, sort: ['submittedAt'], limit, cursor };
    const { items, ...more } = await readModels.find(approvalList, find);
    return {
      items: items.map((line) => {
        const isOwn = line.waitingFor.includes(employee);
        const onBehalfOf = isOwn ? null : (absent.find((each) => line.waitingFor.includes(each)) ?? null);
        return { ...approvalItem(line), onBehalfOf };
      }),
      ...more,
    };
  }

  /** People who are away at the moment that is asked about, with this person as their deputy. */
  async #absentUnder(deputyId: string, { after, asOf, axis }: When): Promise<readonly string[]> {
    const readModels = await this.reading.of(employeeList, { after, asOf, axis });
    const day = (this.reading.momentOf({ asOf }) ?? this.clock.now()).slice(0, 10);
    const { items } = await readModels.find(employeeList, {
      filter: { deputyIds: { $has: deputyId }, status: 'active' },
      limit: MOST_ABSENT,
    });
    const isAbsent = (absences: EmployeeCard['absences']) =>
      absences.some((absence) => absence.deputyId === deputyId && isAway(absence, day));
    return items.filter(({ absences }) => isAbsent(absences)).map(({ employeeId }) => employeeId);
  }
}

/** People who ever named one and the same deputy. */
const MOST_ABSENT = 500;

/** What flows are listed by. */
export const approvalFlowFilters = {
  ...page,
  status: oneOf(['published', 'retired']).optional(),
};

export class ListApprovalFlows extends Query<Found<ApprovalFlowItem>> {
  constructor(readonly listing: ValuesOf<typeof approvalFlowFilters> = {}) {
    super();
  }
}

@QueryHandler(ListApprovalFlows)
export class ListApprovalFlowsHandler implements IQueryHandler<ListApprovalFlows> {
  constructor(private readonly reading: Reading) {}

  async execute({ listing }: ListApprovalFlows): Promise<Found<ApprovalFlowItem>> {
    const { status, limit = 50, cursor } = listing;
    const readModels = await this.reading.of(approvalFlowList, listing);
    const find = { filter: { status }, sort: ['nameKey'], limit, cursor };
    const { items, ...more } = await readModels.find(approvalFlowList, find);
    return { items: items.map(approvalFlowItem), ...more };
  }
}

export class GetApprovalFlow extends Query<ApprovalFlowItem> {
  constructor(
    readonly flowId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetApprovalFlow)
export class GetApprovalFlowHandler implements IQueryHandler<GetApprovalFlow> {
  constructor(private readonly reading: Reading) {}

  async execute({ flowId, when }: GetApprovalFlow): Promise<ApprovalFlowItem> {
    const line = await this.reading.document(approvalFlowList, flowId, when);
    if (!line) throw new Missing('approval-flow', flowId);
    return approvalFlowItem(line);
  }
}

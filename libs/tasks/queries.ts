import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { customerList, customerView } from '../../projections/customer-list.js';
import type { CustomerView } from '../../projections/customer-list.js';
import { employeeCard, employeeList } from '../../projections/employee-list.js';
import type { EmployeeCard } from '../../projections/employee-list.js';
import { opportunityBoard, opportunityView } from '../../projections/opportunity-board.js';
import type { OpportunityView } from '../../projections/opportunity-board.js';
import { taskItem, taskList } from '../../projections/task-list.js';
import type { TaskItem } from '../../projections/task-list.js';
import { id, oneOf, time } from '../commands/fields.js';
import { idOrNone } from '../commands/query-fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { Missing } from '../errors.js';
import { include, page } from '../http/asked.js';
import type { Filter } from '../read-models/read-models.js';
import { including, named } from '../read-models/asking/included.js';
import type { ById, Page } from '../read-models/asking/included.js';
import { checkWindow, Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import { taskKinds, taskStatuses } from './events.js';

export class GetTask extends Query<TaskItem> {
  constructor(
    readonly taskId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetTask)
export class GetTaskHandler implements IQueryHandler<GetTask> {
  constructor(private readonly reading: Reading) {}

  async execute({ taskId, when }: GetTask): Promise<TaskItem> {
    const task = await this.reading.document(taskList, taskId, when);
    if (!task) throw new Missing('task', taskId);
    return taskItem(task);
  }
}

/** What of other documents a page of tasks can show. */
const included = {
  assignee: named(({ assigneeId }: TaskItem) => assigneeId, employeeList, employeeCard),
  customer: named(({ customerId }: TaskItem) => customerId, customerList, customerView),
  opportunity: named(({ opportunityId }: TaskItem) => opportunityId, opportunityBoard, opportunityView),
};

export interface TaskIncluded {
  readonly assignee?: ById<EmployeeCard>;
  readonly customer?: ById<CustomerView>;
  readonly opportunity?: ById<OpportunityView>;
}

/** What tasks are listed by. */
export const taskFilters = {
  ...page,
  include: include('assignee', 'customer', 'opportunity'),
  assignee: idOrNone().optional().describe('Employee who is to do it, or `none`.'),
  customer: id().optional(),
  /** `pending` are all that are neither done nor cancelled. */
  status: oneOf([...taskStatuses, 'pending']).optional(),
  kind: oneOf(taskKinds).optional(),
  dueFrom: time().optional().describe('Due at this time or later.'),
  dueTo: time().optional().describe('Due before this time.'),
  sort: oneOf(['due', '-due']).optional(),
};

export class ListTasks extends Query<Page<TaskItem, TaskIncluded>> {
  constructor(readonly listing: ValuesOf<typeof taskFilters> = {}) {
    super();
  }
}

const PENDING = { $in: ['open', 'in_progress', 'overdue'] };

@QueryHandler(ListTasks)
export class ListTasksHandler implements IQueryHandler<ListTasks> {
  constructor(private readonly reading: Reading) {}

  async execute({ listing }: ListTasks): Promise<Page<TaskItem, TaskIncluded>> {
    const { assignee, customer, status, kind, dueFrom, dueTo, sort = 'due', limit = 50, cursor } = listing;
    const filter: Filter = {
      assigneeId: assignee === 'none' ? null : assignee,
      customerId: customer,
      status: status === 'pending' ? PENDING : status,
      kind,
      ...((dueFrom ?? dueTo) !== undefined && {
        dueAt: { ...(dueFrom !== undefined && { $gte: dueFrom }), ...(dueTo !== undefined && { $lt: dueTo }) },
      }),
    };
    checkWindow('dueTo', dueFrom, dueTo);
    await this.reading.known(employeeList, 'employee', assignee === 'none' ? undefined : assignee);
    await this.reading.known(customerList, 'customer', customer);
    const readModels = await this.reading.of(taskList, listing);
    const find = { filter, sort: [sort === 'due' ? 'dueAt' : '-dueAt'], limit, cursor };
    const { items, ...more } = await readModels.find(taskList, find);
    return including(this.reading, { items: items.map(taskItem), ...more }, included, listing);
  }
}

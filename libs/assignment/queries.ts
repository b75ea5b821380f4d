import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { assignmentDeskList } from '../../projections/assignment-desk-list.js';
import type { AssignmentDesk } from '../../projections/assignment-desk-list.js';
import { assignmentList, assignmentStatuses } from '../../projections/assignment-list.js';
import type { AssignmentItem } from '../../projections/assignment-list.js';
import { customerList } from '../../projections/customer-list.js';
import { employeeCard, employeeList } from '../../projections/employee-list.js';
import type { EmployeeCard } from '../../projections/employee-list.js';
import { leadList } from '../../projections/lead-list.js';
import { id, oneOf } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { Missing } from '../errors.js';
import { include, page } from '../http/asked.js';
import type { Found } from '../read-models/read-models.js';
import { including, named } from '../read-models/asking/included.js';
import type { ById, Page } from '../read-models/asking/included.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';

export class GetAssignment extends Query<AssignmentItem> {
  constructor(
    readonly assignmentId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetAssignment)
export class GetAssignmentHandler implements IQueryHandler<GetAssignment> {
  constructor(private readonly reading: Reading) {}

  async execute({ assignmentId, when }: GetAssignment): Promise<AssignmentItem> {
    const assignment = await this.reading.document(assignmentList, assignmentId, when);
    if (!assignment) throw new Missing('assignment', assignmentId);
    return assignment;
  }
}

const included = { employee: named(({ employeeId }: AssignmentItem) => employeeId, employeeList, employeeCard) };

export interface AssignmentIncluded {
  readonly employee?: ById<EmployeeCard>;
}

/** What assignments are listed by. */
export const assignmentFilters = {
  ...page,
  include: include('employee'),
  subject: id().optional().describe('Id of a lead or a customer.'),
  employee: id().optional().describe('Employee who was chosen.'),
  rule: id().optional().describe('Rule by which it was decided.'),
  basis: oneOf(['supervisor', 'rule', 'claim', 'transfer', 'import', 'capture']).optional(),
  status: oneOf(assignmentStatuses).optional(),
};

export class ListAssignments extends Query<Page<AssignmentItem, AssignmentIncluded>> {
  constructor(readonly listing: ValuesOf<typeof assignmentFilters> = {}) {
    super();
  }
}

@QueryHandler(ListAssignments)
export class ListAssignmentsHandler implements IQueryHandler<ListAssignments> {
  constructor(private readonly reading: Reading) {}

  async execute({ listing }: ListAssignments): Promise<Page<AssignmentItem, AssignmentIncluded>> {
    const { subject, employee, rule, basis, status, limit = 50, cursor } = listing;
    const { reading } = this;
    await reading.known(employeeList, 'employee', employee);
    await this.#knows(subject);
    const { items: desks } = await (await reading.of(assignmentDeskList)).find(assignmentDeskList, { limit: 2 });
    if (rule !== undefined && !desks.some(({ rules }) => rules.some(({ ruleId }) => ruleId === rule))) {
      throw new Missing('assignment-rule', rule);
    }
    const readModels = await reading.of(assignmentList, listing);
    const filter = { 'subject.id': subject, employeeId: employee, ruleId: rule, basis, status };
    const found = await readModels.find(assignmentList, { filter, sort: ['-at'], limit, cursor });
    return including(reading, found, included, listing);
  }

  /** @throws Missing `lead-unknown`, where no customer has the id either */
  async #knows(subject: string | undefined): Promise<void> {
    if (subject === undefined) return;
    const customers = await this.reading.of(customerList);
    if (!(await customers.get(customerList, subject))) await this.reading.known(leadList, 'subject', subject);
  }
}

export class ListDesks extends Query<Found<AssignmentDesk>> {
  constructor(readonly when: When = {}) {
    super();
  }
}

@QueryHandler(ListDesks)
export class ListDesksHandler implements IQueryHandler<ListDesks> {
  constructor(private readonly reading: Reading) {}

  async execute({ when }: ListDesks): Promise<Found<AssignmentDesk>> {
    return (await this.reading.of(assignmentDeskList, when)).find(assignmentDeskList, { sort: ['deskKind'], limit: 2 });
  }
}

export class GetDesk extends Query<AssignmentDesk> {
  constructor(
    readonly deskId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetDesk)
export class GetDeskHandler implements IQueryHandler<GetDesk> {
  constructor(private readonly reading: Reading) {}

  async execute({ deskId, when }: GetDesk): Promise<AssignmentDesk> {
    const desk = await this.reading.document(assignmentDeskList, deskId, when);
    if (!desk) throw new Missing('assignment-desk', deskId);
    return desk;
  }
}

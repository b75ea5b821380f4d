import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { employeeList } from '../../projections/employee-list.js';
import type { EmployeeOffboarding } from '../../projections/employee-list.js';
import { handOverList } from '../../projections/hand-over-list.js';
import type { HandOverView } from '../../projections/hand-over-list.js';
import { Missing } from '../errors.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';

/** How far it is with somebody who is going to leave: when it began, what they had then, and what became of it. */
export interface OffboardingView extends EmployeeOffboarding, Omit<HandOverView, 'revision'> {
  readonly leftAt: string | null;
}

export class GetOffboarding extends Query<OffboardingView> {
  constructor(
    readonly employeeId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetOffboarding)
export class GetOffboardingHandler implements IQueryHandler<GetOffboarding> {
  constructor(private readonly reading: Reading) {}

  async execute({ employeeId, when }: GetOffboarding): Promise<OffboardingView> {
    const employee = await (await this.reading.of(employeeList, when)).get(employeeList, employeeId);
    if (!employee) throw new Missing('employee', employeeId);
    const { offboarding, leftAt } = employee;
    if (!offboarding) throw new Missing('offboarding', employeeId);
    const handedOver = await (await this.reading.of(handOverList, when)).get(handOverList, employeeId);
    const { underWay = 0, handedOver: done = 0, kept = [] } = handedOver ?? {};
    return { employeeId, ...offboarding, leftAt, underWay, handedOver: done, kept };
  }
}

import { Injectable } from '@nestjs/common';
import { customerList } from '../../projections/customer-list.js';
import { leadList } from '../../projections/lead-list.js';
import { opportunityBoard } from '../../projections/opportunity-board.js';
import { taskList } from '../../projections/task-list.js';
import { EventStore } from '../event-store/event-store.js';
import { Reading } from '../read-models/asking/reading.js';
import type { Projection } from '../read-models/projection.js';
import type { Filter } from '../read-models/read-models.js';
import { nameKey } from '../text.js';
import type { Registration } from './commands.js';
import { livingStatuses } from './events.js';
import type { References } from './customer.rules.js';
import type { Business } from './recycling.rules.js';

/**
 * Facts that only read models tell: customers of the same name, what refers to a customer. A read model is asked once it has
 * passed the head of the log that the command met, so that it shows whatever was answered before the command.
 */
@Injectable()
export class CustomerReferences {
  constructor(
    private readonly store: EventStore,
    private readonly reading: Reading,
  ) {}

  /** Other customers of the same name and region. */
  async namesakes(customerId: string, registration: Registration): Promise<string[]> {
    await this.#passed(customerList);
    const readModels = await this.reading.of(customerList);
    const filter = { ...sameName(registration), customerId: { $ne: customerId } };
    const { items } = await readModels.find(customerList, { filter, limit: 20 });
    return items.map((each) => each.customerId);
  }

  /** What on other streams refers to a customer. */
  async to(customerId: string): Promise<References> {
    await this.#passed(opportunityBoard, customerList, taskList, leadList);
    const count = async (of: Projection, filter: Filter) => (await this.reading.of(of)).count(of, filter);
    const [opportunities, subsidiaries, archivedSubsidiaries, tasks, leads] = await Promise.all([
      count(opportunityBoard, { customerId }),
      count(customerList, { parentCustomerId: customerId }),
      count(customerList, { parentCustomerId: customerId, status: 'archived' }),
      count(taskList, { customerId }),
      count(leadList, { 'conversion.customerId': customerId }),
    ]);
    return { opportunities, subsidiaries, archivedSubsidiaries, tasks, leads };
  }

  /** What lies on the customer's opportunities. */
  async business(customerId: string): Promise<Business> {
    await this.#passed(opportunityBoard);
    const readModels = await this.reading.of(opportunityBoard);
    const last = async (filter: Filter, path: 'registeredAt' | 'closedAt') => {
      const find = { filter: { customerId, ...filter }, sort: [`-${path}`], limit: 1 };
      return (await readModels.find(opportunityBoard, find)).items[0]?.[path] ?? null;
    };
    const [open, lastOpportunityAt, lastWonAt] = await Promise.all([
      readModels.count(opportunityBoard, { customerId, status: 'open' }),
      last({}, 'registeredAt'),
      last({ status: 'won' }, 'closedAt'),
    ]);
    return { isOpen: open > 0, lastOpportunityAt, lastWonAt };
  }

  async #passed(...projections: readonly Projection[]): Promise<void> {
    const head = await this.store.head();
    await Promise.all(projections.map((each) => this.reading.passed(each, head)));
  }
}

/** Customers of one name and region, as the list of customers holds them. */
export const sameName = ({ name, region = null }: Registration) => ({
  nameKey: nameKey(name),
  region,
  status: { $in: livingStatuses },
});

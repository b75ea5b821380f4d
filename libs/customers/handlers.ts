import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { customerList } from '../../projections/customer-list.js';
import { opportunityBoard } from '../../projections/opportunity-board.js';
import { taskList } from '../../projections/task-list.js';
import type { StateReader } from '../event-store/decider.js';
import { envelope } from '../event-store/envelope.js';
import { EventStore } from '../event-store/event-store.js';
import { Streams } from '../event-store/streams.js';
import type { Decided } from '../event-store/streams.js';
import type { Projection } from '../read-models/projection.js';
import type { Filter } from '../read-models/read-models.js';
import { Reading } from '../read-models/asking/reading.js';
import { nameKey } from '../text.js';
import { ArchiveCustomer, RegisterCustomer, ReviewCustomerArchive } from './commands.js';
import type { Registration } from './commands.js';
import { customer } from './customer.decider.js';
import { archiveCustomer, registerCustomer, reviewArchive } from './customer.rules.js';
import type { References } from './customer.rules.js';
import { ownerFacts } from './facts.js';

/*
 * Commands whose rules are told what read models find: customers of the same name, what refers to a customer. A read model is
 * asked when it has passed the head of the log that the command met, so whatever was answered before the command is seen.
 */

@CommandHandler(RegisterCustomer)
export class RegisterCustomerHandler implements ICommandHandler<RegisterCustomer> {
  constructor(
    private readonly streams: Streams,
    private readonly store: EventStore,
    private readonly reading: Reading,
  ) {}

  execute(command: RegisterCustomer): Promise<Decided> {
    const { customerId, registration } = command;
    const { ownerId, parentCustomerId } = registration;
    const sameName = filterOf(registration);
    return this.streams.decide(
      customer,
      customerId,
      async (state, now, streams) => {
        const isNew = state.status === 'unknown';
        return registerCustomer(state, command, now, {
          duplicates: isNew ? await this.#namesakes(customerId, sameName) : [],
          owner: isNew && ownerId ? await ownerFacts(streams, ownerId) : null,
          imported: envelope().importId !== undefined,
          ...(parentCustomerId && { parent: await parent(streams, parentCustomerId) }),
        });
      },
      command,
      // Of two that register the same name at once, the second is told of the first, where one process has the log alone.
      [`namesakes ${JSON.stringify(sameName)}`],
    );
  }

  /** Customers of the same name and region. It is a question to a person: imports and automation have none to ask. */
  async #namesakes(customerId: string, sameName: ReturnType<typeof filterOf>): Promise<string[]> {
    const { source } = envelope();
    if (source !== 'api' && source !== 'ui') return [];
    await this.reading.passed(customerList, await this.store.head());
    const readModels = await this.reading.of(customerList);
    const filter = { ...sameName, customerId: { $ne: customerId } };
    const { items } = await readModels.find(customerList, { filter, limit: 20 });
    return items.map((each) => each.customerId);
  }
}

const filterOf = ({ name, region = null }: Registration) => ({
  nameKey: nameKey(name),
  region,
  status: { $ne: 'archived' } as const,
});

const parent = async (streams: StateReader, parentCustomerId: string) =>
  (await streams.load(customer, parentCustomerId)).state;

@CommandHandler(ArchiveCustomer)
export class ArchiveCustomerHandler implements ICommandHandler<ArchiveCustomer> {
  constructor(
    private readonly streams: Streams,
    private readonly store: EventStore,
    private readonly reading: Reading,
  ) {}

  execute(command: ArchiveCustomer): Promise<Decided> {
    const { customerId } = command;
    return this.streams.decide(
      customer,
      customerId,
      async (state, now) =>
        archiveCustomer(state, command, now, await referencesTo(customerId, this.reading, await this.store.head())),
      command,
    );
  }
}

/** Sent by a process once a customer is archived, to see what came to refer to it while that was decided. */
@CommandHandler(ReviewCustomerArchive)
export class ReviewArchiveHandler implements ICommandHandler<ReviewCustomerArchive> {
  constructor(
    private readonly streams: Streams,
    private readonly store: EventStore,
    private readonly reading: Reading,
  ) {}

  execute(command: ReviewCustomerArchive): Promise<Decided> {
    const { customerId } = command;
    return this.streams.decide(
      customer,
      customerId,
      async (state, now) =>
        state.status === 'archived'
          ? reviewArchive(state, command, now, await referencesTo(customerId, this.reading, await this.store.head()))
          : [],
      command,
    );
  }
}

/** What on other streams refers to a customer. @param head where the log ended when this was asked */
async function referencesTo(customerId: string, reading: Reading, head: number): Promise<References> {
  await Promise.all([opportunityBoard, customerList, taskList].map((each) => reading.passed(each, head)));
  const count = async (of: Projection, filter: Filter) => (await reading.of(of)).count(of, filter);
  const [opportunities, subsidiaries, archivedSubsidiaries, tasks] = await Promise.all([
    count(opportunityBoard, { customerId }),
    count(customerList, { parentCustomerId: customerId }),
    count(customerList, { parentCustomerId: customerId, status: 'archived' }),
    count(taskList, { customerId }),
  ]);
  return { opportunities, subsidiaries, archivedSubsidiaries, tasks };
}

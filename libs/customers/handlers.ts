import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { customerList } from '../../projections/customer-list.js';
import { opportunityBoard } from '../../projections/opportunity-board.js';
import { taskList } from '../../projections/task-list.js';
import { Missing, Refusal } from '../errors.js';
import { envelope, under } from '../event-store/envelope.js';
import { Streams } from '../event-store/streams.js';
import type { Decided } from '../event-store/streams.js';
import { idFrom } from '../ids.js';
import { employeeFacts } from '../organisation/facts.js';
import { ReadModels } from '../read-models/read-models.js';
import { ArchiveCustomer, AssignOwner, ChangeDetails, CorrectDetails, RegisterCustomer } from './commands.js';
import { customer, present } from './customer.decider.js';
import type { Customer } from './customer.decider.js';
import {
  archiveCustomer,
  assignOwner,
  changeDetails,
  correctDetails,
  registerCustomer,
} from './customer-rules.decider.js';
import type { CustomerDetails, Owner } from './events.js';
import { identifier, releaseIdentifier, reserveIdentifier } from './identifier.decider.js';
import { portfolio, releasePlace, reservePlace } from './portfolio.decider.js';

/*
 * Commands that need more than their own stream: an identifier only one customer may have, a place in a portfolio, a look
 * at what refers to a customer. What is limited is reserved first, on a stream of its own, and released when the customer's
 * rule refuses. What a crash leaves reserved is recognised, and taken over, when somebody else asks for it.
 */

@CommandHandler(RegisterCustomer)
export class RegisterCustomerHandler implements ICommandHandler<RegisterCustomer> {
  constructor(
    private readonly streams: Streams,
    private readonly readModels: ReadModels,
  ) {}

  async execute(command: RegisterCustomer): Promise<Decided> {
    const { customerId, registration } = command;
    const { ownerId, details, parentCustomerId } = registration;
    const before = await this.streams.answered(customer, customerId, command);
    if (before) return before;
    const holder = ownerId ? await holderOf(this.streams, ownerId) : null;
    const owner = holder?.owner ?? null;
    return reserved(this.streams, customerId, details.taxId ?? null, holder, () =>
      this.streams.decide(
        customer,
        customerId,
        async (state, now) => {
          const duplicates = state.status === 'unknown' ? await this.#namesakes(customerId, details) : [];
          const parent = parentCustomerId ? (await this.streams.load(customer, parentCustomerId)).state : undefined;
          return registerCustomer(state, command, now, { duplicates, owner, ...(parent && { parent }) });
        },
        command,
      ),
    );
  }

  /** Customers of the same name and region, as far as the read model has come. */
  async #namesakes(
    customerId: string,
    { name, region = null }: Partial<CustomerDetails> & { name: string },
  ): Promise<string[]> {
    if (envelope().source === 'import') return [];
    const filter = { nameKey: name.trim().toLowerCase(), region, customerId: { $ne: customerId } };
    const { items } = await this.readModels.find(customerList, { filter, limit: 20 });
    return items.map((each) => each.customerId);
  }
}

@CommandHandler(ChangeDetails)
export class ChangeDetailsHandler implements ICommandHandler<ChangeDetails> {
  constructor(private readonly streams: Streams) {}

  execute(command: ChangeDetails): Promise<Decided> {
    return changed(this.streams, command, (state) => changeDetails(state, command));
  }
}

@CommandHandler(CorrectDetails)
export class CorrectDetailsHandler implements ICommandHandler<CorrectDetails> {
  constructor(private readonly streams: Streams) {}

  execute(command: CorrectDetails): Promise<Decided> {
    return changed(this.streams, command, (state) => correctDetails(state, command));
  }
}

@CommandHandler(AssignOwner)
export class AssignOwnerHandler implements ICommandHandler<AssignOwner> {
  constructor(private readonly streams: Streams) {}

  async execute(command: AssignOwner): Promise<Decided> {
    const { customerId, ownerId } = command;
    const before = await this.streams.answered(customer, customerId, command);
    if (before) return before;
    present((await this.streams.load(customer, customerId)).state, customerId);
    const holder = await holderOf(this.streams, ownerId);
    const { owner } = holder;
    return reserved(this.streams, customerId, null, holder, () =>
      this.streams.decide(customer, customerId, (state, now) => assignOwner(state, command, now, { owner }), command),
    );
  }
}

@CommandHandler(ArchiveCustomer)
export class ArchiveCustomerHandler implements ICommandHandler<ArchiveCustomer> {
  constructor(
    private readonly streams: Streams,
    private readonly readModels: ReadModels,
  ) {}

  execute(command: ArchiveCustomer): Promise<Decided> {
    const { customerId } = command;
    return this.streams.decide(
      customer,
      customerId,
      async (state, now) =>
        archiveCustomer(state, command, now, {
          opportunities: await this.readModels.count(opportunityBoard, { customerId }),
          subsidiaries: await this.readModels.count(customerList, { parentCustomerId: customerId }),
          tasks: await this.readModels.count(taskList, { customerId }),
        }),
      command,
    );
  }
}

/** An owner, and how many customers they may hold, which is no part of what is recorded of them. */
interface Holder {
  readonly owner: Owner;
  readonly cap: number | null;
}

/** @throws Refusal `employee-unknown` · `owner-inactive` */
async function holderOf(streams: Streams, employeeId: string): Promise<Holder> {
  const facts = await employeeFacts(streams, employeeId);
  if (!facts) throw new Missing('employee', employeeId);
  if (facts.status !== 'active' && facts.status !== 'absent') {
    throw new Refusal('owner-inactive', `${facts.name} is ${facts.status} and cannot be made responsible.`, {
      field: 'ownerId',
    });
  }
  const { name, orgUnitId, managerId, customerCap } = facts;
  return { owner: { employeeId, name, orgUnitId, managerId }, cap: customerCap?.max ?? null };
}

/** Runs `work` while the tax number and the place in the owner's portfolio are reserved. */
async function reserved(
  streams: Streams,
  customerId: string,
  taxId: string | null,
  holder: Holder | null,
  work: () => Promise<Decided>,
): Promise<Decided> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    if (taxId) {
      const identifierId = taxIdentifier(taxId);
      await onItsOwn(() =>
        streams.decide(identifier, identifierId, async (state) => {
          const stale = state.customerId !== null && !(await uses(streams, state.customerId, taxId));
          return reserveIdentifier(state, { identifierId, customerId, stale });
        }),
      );
      if (!(await uses(streams, customerId, taxId))) undo.push(() => freeIdentifier(streams, customerId, taxId));
    }
    if (holder) {
      const { cap } = holder;
      const { employeeId } = holder.owner;
      await freeStalePlaces(streams, employeeId, cap);
      await onItsOwn(() =>
        streams.decide(portfolio, employeeId, (held) => reservePlace(held, { employeeId, customerId, cap })),
      );
      if (!(await holds(streams, employeeId, customerId))) undo.push(() => freePlace(streams, employeeId, customerId));
    }
    return await work();
  } catch (error) {
    for (const step of undo) await step();
    throw error;
  }
}

async function changed(
  streams: Streams,
  command: ChangeDetails | CorrectDetails,
  rule: (state: Customer) => ReturnType<typeof changeDetails>,
): Promise<Decided> {
  const { customerId, details } = command;
  const answered = await streams.answered(customer, customerId, command);
  if (answered) return answered;
  const before = present((await streams.load(customer, customerId)).state, customerId).details.taxId;
  const decided = await reserved(streams, customerId, details.taxId ?? null, null, () =>
    streams.decide(customer, customerId, rule, command),
  );
  if (before && details.taxId !== undefined && details.taxId !== before)
    await freeIdentifier(streams, customerId, before);
  return decided;
}

/** A cap that is reached is checked against the customers themselves: places a crash left behind are freed. */
async function freeStalePlaces(streams: Streams, employeeId: string, cap: number | null) {
  const { state: held } = await streams.load(portfolio, employeeId);
  if (cap === null || held.size < cap) return;
  for (const customerId of held) {
    if (!(await holds(streams, employeeId, customerId))) await freePlace(streams, employeeId, customerId);
  }
}

const taxIdentifier = (taxId: string): string => idFrom('tax id', taxId.replace(/[\s.-]/g, '').toUpperCase());

const freeIdentifier = (streams: Streams, customerId: string, taxId: string): Promise<Decided> => {
  const identifierId = taxIdentifier(taxId);
  return onItsOwn(() =>
    streams.decide(identifier, identifierId, (state) => releaseIdentifier(state, { identifierId, customerId })),
  );
};

const freePlace = (streams: Streams, employeeId: string, customerId: string): Promise<Decided> =>
  onItsOwn(() => streams.decide(portfolio, employeeId, (held) => releasePlace(held, { employeeId, customerId })));

async function uses(streams: Streams, customerId: string, taxId: string): Promise<boolean> {
  const { state } = await streams.load(customer, customerId);
  return (
    state.status !== 'unknown' &&
    state.details.taxId !== null &&
    taxIdentifier(state.details.taxId) === taxIdentifier(taxId)
  );
}

async function holds(streams: Streams, employeeId: string, customerId: string): Promise<boolean> {
  const { state } = await streams.load(customer, customerId);
  return state.status !== 'unknown' && state.owner?.employeeId === employeeId;
}

/** Revision and command id that the caller gave are about the customer, not about what is reserved for it. */
function onItsOwn<Result>(work: () => Promise<Result>): Promise<Result> {
  const { commandId: _, expectedRevision: __, ...sent } = envelope();
  return under(sent, work);
}

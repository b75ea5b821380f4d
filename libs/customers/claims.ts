import { Command, CommandBus, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../clock.js';
import { Refusal } from '../errors.js';
import { envelope, under } from '../event-store/envelope.js';
import { Streams } from '../event-store/streams.js';
import { idFrom } from '../ids.js';
import { employeeFacts } from '../organisation/facts.js';
import { ownerFacts } from './facts.js';
import { ClaimCustomer } from './pool.commands.js';
import { portfolio } from './portfolio.decider.js';

/** What became of one claim of several. */
export interface ClaimOutcome {
  readonly customerId: string;
  /** `claimed`, or the code with which it was refused. */
  readonly outcome: string;
  /** Why it was refused; null otherwise. */
  readonly detail: string | null;
}

export interface ClaimOutcomes {
  readonly employeeId: string;
  readonly claimed: number;
  /** One for each customer, in the order in which they were asked for. */
  readonly items: readonly ClaimOutcome[];
}

/** Claims of one person at once. */
export class ClaimCustomers extends Command<ClaimOutcomes> {
  constructor(
    readonly employeeId: string,
    readonly customerIds: readonly string[],
    /** Whether as many as there is room for are claimed where there is not enough for all. */
    readonly partial: boolean,
  ) {
    super();
  }
}

/** One after the other, each by the rules of its pool; the room in the portfolio is looked at for the whole first. */
@CommandHandler(ClaimCustomers)
export class ClaimCustomersHandler implements ICommandHandler<ClaimCustomers> {
  constructor(
    private readonly streams: Streams,
    private readonly commands: CommandBus,
    private readonly clock: Clock,
  ) {}

  /** @throws Missing `employee-unknown` · Refusal `owner-inactive` · `holding-limit-exceeded` for all of them */
  async execute({ employeeId, customerIds, partial }: ClaimCustomers): Promise<ClaimOutcomes> {
    await ownerFacts(this.streams, employeeId);
    if (!partial) await this.#checkRoom(employeeId, customerIds);
    const items: ClaimOutcome[] = [];
    for (const customerId of customerIds) items.push(await this.#claim(employeeId, customerId));
    return { employeeId, claimed: items.filter(({ outcome }) => outcome === 'claimed').length, items };
  }

  async #checkRoom(employeeId: string, customerIds: readonly string[]): Promise<void> {
    const facts = await employeeFacts(this.streams, employeeId, this.clock.now());
    const { state } = await this.streams.load(portfolio, employeeId);
    const cap = facts?.customerCap?.max ?? null;
    const more = customerIds.filter((customerId) => !state.has(customerId)).length;
    if (cap === null || state.size + more <= cap) return;
    const remaining = cap > state.size ? cap - state.size : 0;
    throw new Refusal(
      'holding-limit-exceeded',
      `The employee holds ${state.size} customers and may hold ${cap}: ${more} are too many, ${remaining} are not.`,
      { cap, held: state.size, remaining },
    );
  }

  /** A claim of a batch that is sent again is the same command again. */
  async #claim(employeeId: string, customerId: string): Promise<ClaimOutcome> {
    const { commandId, expectedRevision: _, ...asked } = envelope();
    const own =
      commandId === undefined ? asked : { ...asked, commandId: idFrom('claim of batch', commandId, customerId) };
    try {
      await under(own, () => this.commands.execute(new ClaimCustomer(customerId, { employeeId })));
      return { customerId, outcome: 'claimed', detail: null };
    } catch (error) {
      if (!(error instanceof Refusal) || error.status === 503) throw error;
      return { customerId, outcome: error.code, detail: error.message };
    }
  }
}

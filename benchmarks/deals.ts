import type { OpportunityEvents } from '../libs/opportunities/events.js';
import type { TaskEvents } from '../libs/tasks/events.js';
import { addDays } from '../libs/time.js';
import type { Customer, Customers } from './customers.js';
import type { Append, Recorder, Stream } from './append-streams.js';
import { stages } from './structure.js';
import { products } from './words.js';

interface Opportunity extends Stream {
  readonly customer: Customer;
  readonly amount: number;
  stage: number;
  enteredAt: string;
}

interface Task extends Stream {
  readonly customer: Customer;
}

const LAST_OPEN = stages.filter(({ kind }) => kind === 'open').length - 1;

/** What happens on the streams of opportunities and tasks. No task ends with an interaction, which a process would log. */
export class Deals {
  readonly #open: Opportunity[] = [];
  readonly #tasks: Task[] = [];

  constructor(
    private readonly recorder: Recorder,
    private readonly customers: Customers,
    private readonly pipelineId: string,
  ) {}

  pursue(customer: Customer): Append {
    const { chance, time } = this.recorder;
    const amount = 10_000 + chance.below(5_000_000);
    const opportunity = { ...this.recorder.begin('opportunity'), customer, amount, stage: 0, enteredAt: time };
    this.#open.push(opportunity);
    const { id: stageId, probability, forecastCategory } = stages[0]!;
    const data: OpportunityEvents['OpportunityRegistered'] = {
      opportunityId: opportunity.id,
      customerId: customer.id,
      name: `Offer ${opportunity.id.slice(-6)}`,
      pipelineId: this.pipelineId,
      pipelineVersion: 1,
      stageId,
      probability,
      forecastCategory,
      source: 'outbound',
      product: chance.of(products),
      grade: 'B',
      amount: { amount, currency: 'EUR' },
      expectedCloseOn: addDays(time, 60).slice(0, 10),
      nextStep: null,
      owner: customer.owner,
      customer: customer.known,
    };
    return this.recorder.record(opportunity, customer.owner, [{ type: 'OpportunityRegistered', data }]);
  }

  /** Moves some open opportunity on, or closes it; nothing when there is none. */
  advance(): Append[] {
    const { chance } = this.recorder;
    const index = chance.below(this.#open.length);
    const opportunity = this.#open[index];
    if (!opportunity) return [];
    if (opportunity.stage < LAST_OPEN && chance.next() < 0.85) return [this.#move(opportunity)];
    take(this.#open, index);
    return opportunity.stage === LAST_OPEN && chance.next() < 0.7 ? this.#win(opportunity) : [this.#lose(opportunity)];
  }

  plan(customer: Customer): Append {
    const task: Task = { ...this.recorder.begin('task'), customer };
    this.#tasks.push(task);
    const data: TaskEvents['TaskCreated'] = {
      taskId: task.id,
      customerId: customer.id,
      kind: 'care',
      title: 'Greet and ask how it goes',
      subject: { customerId: customer.id, opportunityId: null, text: null },
      priority: 'normal',
      assigneeId: customer.owner.employeeId,
      dueAt: addDays(this.recorder.time, 14),
      reminders: [],
    };
    return this.recorder.record(task, customer.owner, [{ type: 'TaskCreated', data }]);
  }

  /** Completes some open task; nothing when there is none. */
  complete(): Append[] {
    const task = take(this.#tasks, this.recorder.chance.below(this.#tasks.length));
    if (!task) return [];
    const { customer } = task;
    const data: TaskEvents['TaskCompleted'] = {
      taskId: task.id,
      customerId: customer.id,
      kind: 'care',
      assigneeId: customer.owner.employeeId,
      outcome: 'given',
      note: null,
      interaction: null,
    };
    return [this.recorder.record(task, customer.owner, [{ type: 'TaskCompleted', data }])];
  }

  #move(opportunity: Opportunity): Append {
    const { id, customer, amount, enteredAt, stage } = opportunity;
    opportunity.stage = stage + 1;
    opportunity.enteredAt = this.recorder.time;
    const { id: to, probability, forecastCategory } = stages[stage + 1]!;
    const data: OpportunityEvents['OpportunityStageChanged'] = {
      opportunityId: id,
      customerId: customer.id,
      from: stages[stage]!.id,
      to,
      direction: 'forward',
      enteredPrevAt: enteredAt,
      gateResults: [],
      amount: { amount, currency: 'EUR' },
      expectedCloseOn: addDays(this.recorder.time, 30).slice(0, 10),
      probability,
      forecastCategory,
    };
    return this.recorder.record(opportunity, customer.owner, [{ type: 'OpportunityStageChanged', data }]);
  }

  #win(opportunity: Opportunity): Append[] {
    const { id: opportunityId, customer, amount, stage } = opportunity;
    const product = this.recorder.chance.of(products);
    const data = { ...closing(opportunity), fromStage: stages[stage]!.id, toStage: 'won', product };
    const won = this.recorder.record(opportunity, customer.owner, [{ type: 'OpportunityWon', data }]);
    return [won, this.customers.buy(customer, { opportunityId, amount })];
  }

  #lose(opportunity: Opportunity): Append {
    const { customer, stage } = opportunity;
    const why = { reason: 'price' as const, competitor: null, note: null };
    const data = { ...closing(opportunity), ...why, lostFromStage: stages[stage]!.id, toStage: 'lost' };
    return this.recorder.record(opportunity, customer.owner, [{ type: 'OpportunityLost', data }]);
  }
}

function closing({ id: opportunityId, customer, amount, enteredAt: enteredPrevAt }: Opportunity) {
  const { name: _, ...credit } = customer.owner;
  const price = { amount, currency: 'EUR' };
  return { opportunityId, customerId: customer.id, enteredPrevAt, credit, gateResults: [], amount: price };
}

/** Takes an entry out of a list whose order does not matter. */
function take<Entry>(list: Entry[], index: number): Entry | undefined {
  const taken = list[index];
  const last = list.pop();
  if (index < list.length && last !== undefined) list[index] = last;
  return taken;
}

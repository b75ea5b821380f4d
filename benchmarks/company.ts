import { interactionChannels } from '../libs/customers/events.js';
import type { Owner, Tier } from '../libs/customers/events.js';
import type { CustomerSnapshot, OpportunityEvents } from '../libs/opportunities/events.js';
import type { TaskEvents } from '../libs/tasks/events.js';
import { addDays } from '../libs/time.js';
import { Chance } from './chance.js';
import { recorded } from './recording.js';
import type { Append, Happening, Stream } from './recording.js';
import { organisation, pipeline, stages } from './structure.js';
import { firstNames, forms, products, qualities, regions, sectors, summaries, tags, things } from './words.js';

export interface Customer extends Stream {
  readonly owner: Owner;
  known: CustomerSnapshot;
}

interface Opportunity extends Stream {
  readonly customer: Customer;
  readonly amount: number;
  stage: number;
  enteredAt: string;
}

interface Task extends Stream {
  readonly customer: Customer;
}

const channels = interactionChannels.filter((each) => each !== 'web');
const LAST_OPEN = 2;
const nextTier: Readonly<Record<Tier, Tier>> = { ordinary: 'potential', potential: 'important', important: 'ordinary' };

/**
 * A company at work: everything it does comes back as events that its rules could have recorded. No inquiry comes by the
 * web site and no task ends with an interaction, so that processes have nothing to add to the log.
 */
export class Company {
  readonly customers: Customer[] = [];
  readonly #chance: Chance;
  readonly #owners: Owner[] = [];
  #open: Opportunity[] = [];
  #tasks: Task[] = [];
  readonly #pipelineId: string;

  /** @param time business time of what happens next; whoever makes the history moves it */
  constructor(
    seed: number,
    public time: string,
  ) {
    this.#chance = new Chance(seed);
    this.#pipelineId = this.#chance.id(time);
  }

  /** Its structure and its pipeline. */
  found(): Append[] {
    const { append, owners } = organisation(this.#chance, this.time);
    this.#owners.push(...owners);
    return [append, pipeline(this.#pipelineId, this.#chance, this.time)];
  }

  register(): Append {
    const chance = this.#chance;
    const id = chance.id(this.time);
    const owner = chance.of(this.#owners);
    const known = { tier: 'ordinary' as const, sector: chance.of(sectors), region: chance.of(regions) };
    const customer: Customer = { id, stream: `customer-${id}`, revision: -1, owner, known };
    this.customers.push(customer);
    const name = `${chance.of(qualities)} ${chance.of(things)} ${chance.of(forms)} ${this.customers.length}`;
    const contactId = chance.id(this.time);
    const addresses = [{ kind: 'email' as const, value: `office.${this.customers.length}@example.org` }];
    return this.#recorded(customer, owner, [
      {
        type: 'CustomerRegistered',
        data: {
          ...{ customerId: id, kind: 'org', tier: known.tier, parentCustomerId: null, acceptedDuplicates: [] },
          tags: [...new Set([chance.of(tags), chance.of(tags)])],
          details: {
            ...{ name, taxId: null, domain: null, phone: `+4930${1_000_000 + this.customers.length}` },
            ...{ sector: known.sector, region: known.region, source: 'fair', establishedIn: 1950 + chance.below(70) },
            ...{ employees: 5 + chance.below(5_000), annualRevenue: null },
          },
        },
      },
      { type: 'CustomerOwnerAssigned', data: { customerId: id, from: null, to: owner, basis: 'supervisor' } },
      {
        type: 'ContactAdded',
        data: {
          ...{ customerId: id, contactId, isPrimary: true },
          details: {
            name: `${chance.of(firstNames)} ${chance.of(things)}`,
            title: null,
            role: 'decision_maker',
            channels: addresses,
            birthday: null,
          },
        },
      },
    ]);
  }

  interact(customer: Customer): Append {
    const chance = this.#chance;
    const data = {
      ...{ customerId: customer.id, interactionId: chance.id(this.time), ownerId: customer.owner.employeeId },
      ...{
        channel: chance.of(channels),
        direction: chance.of(['inbound', 'outbound'] as const),
        summary: chance.of(summaries),
        contactIds: [],
      },
      ...{ durationMinutes: chance.below(90), location: null, nextStep: null },
    };
    return this.#recorded(customer, customer.owner, [{ type: 'InteractionLogged', data }]);
  }

  buy(customer: Customer, amount = 5_000 + this.#chance.below(900_000), opportunityId: string | null = null): Append {
    const data = {
      ...{ customerId: customer.id, purchaseId: this.#chance.id(this.time), amount: { amount, currency: 'EUR' } },
      ...{ product: this.#chance.of(products), reference: null, opportunityId, ownerId: customer.owner.employeeId },
    };
    return this.#recorded(customer, customer.owner, [{ type: 'PurchaseRecorded', data }]);
  }

  retier(customer: Customer): Append {
    const { tier: from } = customer.known;
    const to = nextTier[from];
    customer.known = { ...customer.known, tier: to };
    const data = { customerId: customer.id, from, to, reason: 'as discussed in the review of the quarter' };
    return this.#recorded(customer, customer.owner, [{ type: 'CustomerTierOverridden', data }]);
  }

  pursue(customer: Customer): Append {
    const chance = this.#chance;
    const id = chance.id(this.time);
    const amount = 10_000 + chance.below(5_000_000);
    const opportunity = {
      id,
      stream: `opportunity-${id}`,
      revision: -1,
      customer,
      amount,
      stage: 0,
      enteredAt: this.time,
    };
    this.#open.push(opportunity);
    const { probability, forecastCategory, id: stageId } = stages[0]!;
    return this.#recorded(opportunity, customer.owner, [
      {
        type: 'OpportunityRegistered',
        data: {
          ...{
            opportunityId: id,
            customerId: customer.id,
            name: `Offer ${id.slice(-6)}`,
            pipelineId: this.#pipelineId,
          },
          ...{
            pipelineVersion: 1,
            stageId,
            probability,
            forecastCategory,
            source: 'outbound',
            product: chance.of(products),
          },
          ...{ grade: 'B', amount: { amount, currency: 'EUR' }, expectedCloseOn: addDays(this.time, 60).slice(0, 10) },
          ...{ nextStep: null, owner: customer.owner, customer: customer.known },
        },
      },
    ]);
  }

  /** Moves some open opportunity on, or closes it; nothing when there is none. */
  advance(): Append[] {
    const index = this.#chance.below(this.#open.length);
    const opportunity = this.#open[index];
    if (!opportunity) return [];
    if (opportunity.stage < LAST_OPEN && this.#chance.next() < 0.85) return [this.#move(opportunity)];
    this.#open[index] = this.#open.at(-1)!;
    this.#open.pop();
    return this.#close(opportunity, opportunity.stage === LAST_OPEN && this.#chance.next() < 0.7);
  }

  plan(customer: Customer): Append {
    const id = this.#chance.id(this.time);
    const task: Task = { id, stream: `task-${id}`, revision: -1, customer };
    this.#tasks.push(task);
    const data: TaskEvents['TaskCreated'] = {
      ...{ taskId: id, customerId: customer.id, kind: 'care', title: 'Greet and ask how it goes', priority: 'normal' },
      ...{ assigneeId: customer.owner.employeeId, dueAt: addDays(this.time, 14), reminders: [] },
      subject: { customerId: customer.id, opportunityId: null, text: null },
    };
    return this.#recorded(task, customer.owner, [{ type: 'TaskCreated', data }]);
  }

  /** Completes some open task; nothing when there is none. */
  complete(): Append[] {
    const index = this.#chance.below(this.#tasks.length);
    const task = this.#tasks[index];
    if (!task) return [];
    this.#tasks[index] = this.#tasks.at(-1)!;
    this.#tasks.pop();
    const { id: taskId, customer } = task;
    const assigneeId = customer.owner.employeeId;
    const data = {
      taskId,
      customerId: customer.id,
      kind: 'care' as const,
      assigneeId,
      outcome: 'given',
      note: null,
      interaction: null,
    };
    return [this.#recorded(task, customer.owner, [{ type: 'TaskCompleted', data }])];
  }

  /** Some customer; the older ones are busier. */
  any(): Customer {
    return this.customers[Math.floor(this.#chance.next() ** 2 * this.customers.length)]!;
  }

  /** What happens next, in the proportions of a company that sells to companies. */
  step(): Append[] {
    const dice = this.#chance.below(100);
    if (dice < 48) return [this.interact(this.any())];
    if (dice < 56) return [this.buy(this.any())];
    if (dice < 58) return [this.retier(this.any())];
    if (dice < 67) return [this.pursue(this.any())];
    if (dice < 88) return this.advance();
    if (dice < 94) return [this.plan(this.any())];
    return this.complete();
  }

  #move(opportunity: Opportunity): Append {
    const { id, customer, amount, enteredAt, stage: from } = opportunity;
    const to = from + 1;
    opportunity.stage = to;
    opportunity.enteredAt = this.time;
    const { probability, forecastCategory } = stages[to]!;
    const data: OpportunityEvents['OpportunityStageChanged'] = {
      ...{
        opportunityId: id,
        customerId: customer.id,
        from: stages[from]!.id,
        to: stages[to]!.id,
        direction: 'forward',
      },
      ...{
        enteredPrevAt: enteredAt,
        gateResults: [],
        amount: { amount, currency: 'EUR' },
        probability,
        forecastCategory,
      },
      expectedCloseOn: addDays(this.time, 30).slice(0, 10),
    };
    return this.#recorded(opportunity, customer.owner, [{ type: 'OpportunityStageChanged', data }]);
  }

  #close(opportunity: Opportunity, won: boolean): Append[] {
    const { id, customer, amount: price, stage: index, enteredAt } = opportunity;
    const { name: _, ...credit } = customer.owner;
    const amount = { amount: price, currency: 'EUR' };
    const closing = {
      opportunityId: id,
      customerId: customer.id,
      enteredPrevAt: enteredAt,
      credit,
      gateResults: [],
      amount,
    };
    const from = stages[index]!.id;
    if (!won) {
      const data = {
        ...closing,
        lostFromStage: from,
        toStage: 'lost',
        reason: 'price' as const,
        competitor: null,
        note: null,
      };
      return [this.#recorded(opportunity, customer.owner, [{ type: 'OpportunityLost', data }])];
    }
    const data = { ...closing, fromStage: from, toStage: 'won', product: this.#chance.of(products) };
    return [
      this.#recorded(opportunity, customer.owner, [{ type: 'OpportunityWon', data }]),
      this.buy(customer, price, id),
    ];
  }

  #recorded(of: Stream, by: Owner, events: readonly Happening[]): Append {
    return recorded(of, by, this.time, this.#chance, events);
  }
}

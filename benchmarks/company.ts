import { Customers } from './customers.js';
import { Deals } from './deals.js';
import { Recorder } from './append-streams.js';
import type { Append } from './append-streams.js';
import {
  approvalsAsked,
  handingOver,
  keyFieldPolicy,
  leadsAnswered,
  organisation,
  pipeline,
  pool,
  segment,
  targets,
  tierPolicy,
} from './structure.js';
import { transfers } from './transfers.js';

/** A made-up company: everything it does comes back as events that its rules could have recorded. */
export class Company {
  readonly customers: Customers;
  /** Its structure, its pipeline and its targets. */
  readonly foundation: readonly Append[];
  readonly #recorder: Recorder;
  readonly #deals: Deals;

  constructor(seed: number, time: string) {
    this.#recorder = new Recorder(seed, time);
    const { append, owners } = organisation(this.#recorder);
    const pipelineId = this.#recorder.id();
    this.foundation = [
      append,
      pipeline(pipelineId, this.#recorder),
      ...targets(this.#recorder, owners),
      pool(this.#recorder),
      ...leadsAnswered(this.#recorder),
      ...approvalsAsked(this.#recorder, owners),
      handingOver(this.#recorder, owners),
      ...transfers(this.#recorder, owners),
      tierPolicy(this.#recorder),
      segment(this.#recorder),
      keyFieldPolicy(this.#recorder),
    ];
    this.customers = new Customers(this.#recorder, owners);
    this.#deals = new Deals(this.#recorder, this.customers, pipelineId);
  }

  /** Moves on to this time. */
  at(time: string): void {
    this.#recorder.time = time;
  }

  /** What happens next, in the proportions of a company that sells to companies. */
  step(): readonly Append[] {
    const { customers } = this;
    const dice = this.#recorder.chance.below(100);
    if (dice < 48) return [customers.interact(customers.any())];
    if (dice < 56) return [customers.buy(customers.any())];
    if (dice < 58) return [customers.retier(customers.any())];
    if (dice < 67) return [this.#deals.pursue(customers.any())];
    if (dice < 88) return this.#deals.advance();
    if (dice < 94) return [this.#deals.plan(customers.any())];
    return this.#deals.complete();
  }
}

import { interactionChannels } from '../libs/customers/events.js';
import type { CustomerEvents, Owner } from '../libs/customers/events.js';
import type { Tier } from '../libs/tiering.js';
import type { CustomerSnapshot } from '../libs/opportunities/events.js';
import type { Append, Recorder, Stream } from './append-streams.js';
import { regional } from './structure.js';
import { firstNames, forms, products, qualities, regions, sectors, summaries, tags, things } from './words.js';

export interface Customer extends Stream {
  readonly owner: Owner;
  known: CustomerSnapshot;
}

const channels = interactionChannels.filter((channel) => channel !== 'web');
const nextTier: Readonly<Record<Tier, Tier>> = {
  ordinary: 'potential',
  potential: 'important',
  important: 'ordinary',
};

/** What happens on the streams of customers. No inquiry comes by the web site, which a process would answer. */
export class Customers {
  readonly all: Customer[] = [];

  constructor(
    private readonly recorder: Recorder,
    private readonly owners: readonly Owner[],
  ) {}

  /** Some customer; the older ones are busier. */
  any(): Customer {
    return this.all[Math.floor(this.recorder.chance.next() ** 2 * this.all.length)]!;
  }

  /** Some customer, each as likely as any other. */
  some(): Customer {
    return this.recorder.chance.of(this.all);
  }

  register(): Append {
    const { chance } = this.recorder;
    const owner = chance.of(this.owners);
    const known = { tier: 'ordinary' as const, sector: chance.of(sectors), region: chance.of(regions) };
    const customer: Customer = { ...this.recorder.begin('customer'), owner, known };
    const customerId = customer.id;
    const count = this.all.push(customer);
    const contact: CustomerEvents['ContactAdded'] = {
      customerId,
      contactId: this.recorder.id(),
      isPrimary: true,
      details: {
        name: `${chance.of(firstNames)} ${chance.of(things)}`,
        title: null,
        role: 'decision_maker',
        channels: [{ kind: 'email', value: `office.${count}@example.org` }],
        birthday: null,
      },
    };
    return this.recorder.record(customer, owner, [
      { type: 'CustomerRegistered', data: this.#registration(customer, count) },
      { type: 'CustomerOwnerAssigned', data: { customerId, from: null, to: owner, basis: 'supervisor' } },
      { type: 'ContactAdded', data: contact },
      ...this.#segments(customer),
    ]);
  }

  #segments({ id: customerId, known: { region } }: Customer) {
    if (region === null || region !== regional.region) return [];
    const { segmentId, version } = regional;
    const inputs = [{ name: 'region', value: [region] }];
    return [{ type: 'SegmentMemberEntered' as const, data: { customerId, segmentId, version, stay: 1, inputs } }];
  }

  interact(customer: Customer): Append {
    const { chance } = this.recorder;
    const data: CustomerEvents['InteractionLogged'] = {
      customerId: customer.id,
      interactionId: this.recorder.id(),
      ownerId: customer.owner.employeeId,
      channel: chance.of(channels),
      direction: chance.of(['inbound', 'outbound']),
      summary: chance.of(summaries),
      contactIds: [],
      durationMinutes: chance.below(90),
      location: null,
      nextStep: null,
    };
    return this.recorder.record(customer, customer.owner, [{ type: 'InteractionLogged', data }]);
  }

  buy(customer: Customer, deal?: { readonly opportunityId: string; readonly amount: number }): Append {
    const { chance } = this.recorder;
    const data: CustomerEvents['PurchaseRecorded'] = {
      customerId: customer.id,
      purchaseId: this.recorder.id(),
      amount: { amount: deal?.amount ?? 5_000 + chance.below(900_000), currency: 'EUR' },
      product: chance.of(products),
      reference: null,
      opportunityId: deal?.opportunityId ?? null,
      ownerId: customer.owner.employeeId,
    };
    return this.recorder.record(customer, customer.owner, [{ type: 'PurchaseRecorded', data }]);
  }

  retier(customer: Customer): Append {
    const from = customer.known.tier;
    const to = nextTier[from];
    customer.known = { ...customer.known, tier: to };
    const data = { customerId: customer.id, from, to, reason: 'as discussed in the review of the quarter' };
    return this.recorder.record(customer, customer.owner, [{ type: 'CustomerTierOverridden', data }]);
  }

  #registration({ id, known }: Customer, count: number): CustomerEvents['CustomerRegistered'] {
    const { chance } = this.recorder;
    return {
      customerId: id,
      kind: 'org',
      tier: known.tier,
      tags: [...new Set([chance.of(tags), chance.of(tags)])],
      parentCustomerId: null,
      acceptedDuplicates: [],
      details: {
        name: `${chance.of(qualities)} ${chance.of(things)} ${chance.of(forms)} ${count}`,
        taxId: null,
        domain: null,
        phone: `+4930${1_000_000 + count}`,
        sector: known.sector,
        region: known.region,
        source: 'fair',
        establishedIn: 1950 + chance.below(70),
        employees: 5 + chance.below(5_000),
        annualRevenue: null,
      },
    };
  }
}

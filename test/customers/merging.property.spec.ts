import * as fc from 'fast-check';
import { expect, it } from '@jest/globals';
import { absorbCustomer, separateCustomer } from '../../libs/customers/absorb.rules.js';
import { ChangeCustomerDetails, TagCustomer } from '../../libs/customers/commands.js';
import { AddContact, ChangeContact } from '../../libs/customers/contact.commands.js';
import { addContact, changeContact } from '../../libs/customers/contact.rules.js';
import { customer } from '../../libs/customers/customer.decider.js';
import type { Customer, KnownCustomer } from '../../libs/customers/customer.decider.js';
import { addTag, changeDetails } from '../../libs/customers/customer.rules.js';
import type { CustomerEvents, MergeTerms } from '../../libs/customers/events.js';
import {
  AbsorbCustomer,
  MergeCustomer,
  SeparateCustomer,
  UnmergeCustomer,
} from '../../libs/customers/merge.commands.js';
import { mergeCustomer, unmergeCustomer } from '../../libs/customers/merge.rules.js';
import { evolve } from '../../libs/event-store/decider.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import { customerProfile } from '../../projections/customer-profile.js';
import { customerValue } from '../../projections/customer-value.js';
import { frozen } from '../support/frozen.js';
import { recorded } from '../support/given.js';
import { property } from '../support/property.js';
import { bought, details, logged, now, otherId as survivorId, customerId as loserId, registered } from './customers.js';

type Event = EventOf<CustomerEvents>;

/** Something that happens to a customer, at a place in the story that makes it a thing of its own. */
interface Act {
  readonly kind: 'bought' | 'spoken' | 'tagged' | 'changed' | 'contact' | 'title';
  readonly day: number;
  readonly amount: number;
  readonly currency: 'EUR' | 'USD';
  readonly field: 'sector' | 'region' | 'source' | 'domain';
}

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom('bought', 'spoken', 'tagged', 'changed', 'contact', 'title'),
  day: fc.integer({ min: 10, max: 28 }),
  amount: fc.integer({ min: 1, max: 9_000 }),
  currency: fc.constantFrom('EUR', 'USD'),
  field: fc.constantFrom('sector', 'region', 'source', 'domain'),
});
const acts = fc.array(act, { maxLength: 8 });
const choice = fc.constantFrom('survivor' as const, 'loser' as const);
const terms: fc.Arbitrary<MergeTerms> = fc.record({
  choices: fc.record({ name: choice, sector: choice, region: choice, source: choice }, { requiredKeys: [] }),
  tags: fc.constantFrom('survivor' as const, 'both' as const),
});

const idOf = (kind: string, number: number): string => `01970000-0000-7000-${kind}-${String(number).padStart(12, '0')}`;

/** Streams of customers, which rules write to. */
class World {
  readonly #streams = new Map<string, (Event & { occurredAt: string })[]>();
  #count = 0;

  constructor() {
    for (const customerId of [loserId, survivorId]) {
      const own = { ...details, name: customerId, sector: null, region: null };
      this.#record(customerId, { type: 'CustomerRegistered', data: { ...registered.data, customerId, details: own } });
    }
  }

  state(customerId: string): Customer {
    const before = frozen(customer.initial);
    return (this.#streams.get(customerId) ?? []).reduce<Customer>(
      (state, event) => frozen(evolve(customer, state, event)),
      before,
    );
  }

  do(customerId: string, rule: (state: Customer) => readonly Event[]): void {
    this.#record(customerId, ...rule(this.state(customerId)));
  }

  #record(customerId: string, ...events: readonly Event[]): void {
    const dressed = events.map((event) => ({ ...event, occurredAt: event.occurredAt ?? now }));
    this.#streams.set(customerId, [...(this.#streams.get(customerId) ?? []), ...dressed]);
  }

  /** @param of the customer whose contacts are changed, which come along when it is merged */
  act(customerId: string, { kind, day, amount, currency, field }: Act, of = customerId): void {
    const number = (this.#count += 1);
    const occurredAt = `2026-03-${day}T10:00:00.000Z`;
    if (kind === 'bought') {
      const purchase = { ...bought.data, customerId, purchaseId: idOf('8001', number), amount: { amount, currency } };
      this.#record(customerId, { type: 'PurchaseRecorded', data: purchase, occurredAt });
    } else if (kind === 'spoken') {
      const channel = currency === 'EUR' ? ('call' as const) : ('visit' as const);
      const data = { ...logged.data, customerId, channel, interactionId: idOf('8002', number) };
      this.#record(customerId, { type: 'InteractionLogged', data, occurredAt });
    } else if (kind === 'tagged') {
      this.do(customerId, (state) => addTag(state, new TagCustomer(customerId, { tag: `tag ${number}` })));
    } else if (kind === 'changed') {
      const value = field === 'domain' ? `n${number}.example` : `${field} ${number}`;
      this.do(customerId, (state) =>
        changeDetails(state, new ChangeCustomerDetails(customerId, { [field]: value } as never)),
      );
    } else if (kind === 'contact') {
      const given = {
        contactId: idOf('8003', number),
        name: `Contact ${number}`,
        role: 'user',
        channels: [{ kind: 'email', value: `c${number}@n.example` }],
      };
      this.do(customerId, (state) => addContact(state, new AddContact(customerId, given as never), now));
    } else {
      const contactId = (this.state(of) as KnownCustomer).contacts.keySeq().first();
      if (contactId === undefined) return;
      const change = { contactId, title: `title ${number}` };
      this.do(customerId, (state) => changeContact(state, new ChangeContact(customerId, change as never), now));
    }
  }

  merge(mergeId: string, terms: MergeTerms): void {
    const asked = new MergeCustomer(loserId, { mergeId, survivorId, reason: 'the same', ...terms });
    const survivor = this.state(survivorId);
    const facts = { survivor, above: { loser: [], survivor: [] }, leaving: [], transferIds: [] };
    this.do(loserId, (state) => mergeCustomer(state, asked, now, facts));
    const absorb = new AbsorbCustomer(survivorId, { loserId, mergeId, terms });
    this.do(survivorId, (state) => absorbCustomer(state, absorb, now, { loser: this.state(loserId) }));
  }

  unmerge(mergeId: string): void {
    const facts = { survivor: this.state(survivorId), ownerLost: null, lockFree: true, poolUsed: true };
    const asked = new UnmergeCustomer(loserId, { reason: 'two after all' });
    this.do(loserId, (state) => unmergeCustomer(state, asked, now, facts));
    const separate = new SeparateCustomer(survivorId, { loserId, mergeId });
    this.do(survivorId, (state) => separateCustomer(state, separate));
  }

  /** What is known of a customer, but for how often it changed. */
  known(customerId: string) {
    const { contacts, dealings, standing, tags, details: now, status } = this.state(customerId) as KnownCustomer;
    const events = recorded(this.#streams.get(customerId)!);
    const [profile, value] = [customerProfile, customerValue].map((projection) =>
      events
        .filter(({ type }) => projection.types.includes(type))
        .reduce<object | null>((document, event) => projection.evolve(document as never, event, customerId), null),
    );
    const state = { contacts: contacts.toJS(), dealings, standing, tags, details: now, status };
    return JSON.parse(JSON.stringify({ state, profile: { ...profile, revision: 0 }, value })) as unknown;
  }
}

it('two customers that were merged and are two again are as if they had never been one', () => {
  fc.assert(
    fc.property(
      acts,
      acts,
      acts,
      fc.array(terms, { minLength: 1, maxLength: 3 }),
      (ofLoser, ofSurvivor, between, merges) => {
        const [merged, apart] = [new World(), new World()];
        for (const world of [merged, apart]) {
          for (const each of ofLoser) world.act(loserId, each);
          for (const each of ofSurvivor) world.act(survivorId, each);
        }
        for (const [index, each] of merges.entries()) {
          const mergeId = idOf('8004', index);
          merged.merge(mergeId, each);
          for (const one of between) {
            // Contacts of the loser are at the survivor meanwhile, and go back as they have become.
            const isOfLoser = one.kind === 'title';
            merged.act(survivorId, one, isOfLoser ? loserId : survivorId);
            apart.act(isOfLoser ? loserId : survivorId, one);
          }
          merged.unmerge(mergeId);
          for (const customerId of [loserId, survivorId]) {
            expect(merged.known(customerId)).toEqual(apart.known(customerId));
          }
        }
      },
    ),
    property(300),
  );
});

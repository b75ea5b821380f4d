import type { Actor } from '../../../libs/event-store/event-store.js';
import {
  AssignCustomerOwner,
  ChangeCustomerDetails,
  EvaluateCustomerTier,
  MarkCustomerDormant,
  MarkCustomerLost,
  OverrideCustomerTier,
  ReactivateCustomer,
  RegisterCustomer,
  TagCustomer,
} from '../../../libs/customers/commands.js';
import {
  AddContact,
  BounceContactChannel,
  DisableContact,
  RecordConsent,
  WithdrawConsent,
} from '../../../libs/customers/contact.commands.js';
import { ClaimCustomer, ReleaseCustomer } from '../../../libs/customers/pool.commands.js';
import type { CustomerLossReason } from '../../../libs/customers/events.js';
import { AssignOpportunity } from '../../../libs/opportunities/commands.js';
import { DAY, HOUR, iso, MINUTE } from './calendar.js';
import type { Chronicle } from './chronicle.js';
import type { Company, Stint } from './company.js';
import { purchaseRecordedAt } from './habits.js';
import type { Deal } from './deals.js';
import { tellDiscount } from './discounts.js';
import type { Life } from './life.js';
import type { Portrait } from './portrait.js';
import type { Random } from './random.js';
import { ownersOf, tieringOf } from './standing.js';
import type { Tiering } from './standing.js';
import { Talks } from './talks.js';

const WEB_SITE: Actor = { id: 'web-site', name: 'Web site' };
/** As the program names it in its log. */
const CLOCK: Actor = { id: 'process:clock', name: 'clock' };
const TAGS = ['newsletter', 'reference customer', 'met at the fair', 'uses a competitor', 'pays late'];
/** Without a word for so long a customer is dormant, and later lost. */
const SILENT = 140 * DAY;
const GIVEN_UP = 80 * DAY;
const REASONS: Readonly<Record<CustomerLossReason, number>> = {
  competitor: 4,
  price: 3,
  no_need: 3,
  unreachable: 2,
  out_of_business: 1,
  other: 0,
};

/** Tells a customer's life with the people who took part in it. */
export class Telling {
  readonly #tiering: Tiering;
  readonly #owners: readonly Stint[];

  constructor(
    private readonly customer: Portrait,
    private readonly life: Life,
    private readonly random: Random,
    private readonly company: Company,
    private readonly chronicle: Chronicle,
  ) {
    const { calendar } = chronicle;
    this.#tiering = tieringOf(customer, life.purchases, random.of('tiers'), calendar);
    this.#owners = ownersOf(customer, this.#tiering, random.of('owners'), company, calendar);
  }

  tell(): void {
    this.#begin();
    for (const { at, by, command } of this.life.steps) {
      const owner = this.#ownerAt(at);
      this.#tell(at, by ?? owner, command(owner));
    }
    const pooledAt = this.#tellSilence();
    this.#tellOwners(pooledAt);
    this.#tellTiers();
    this.#tellTrifles();
    this.life.deals.forEach((deal, index) => {
      const random = this.random.of('discount', index);
      const { calendar } = this.chronicle;
      tellDiscount(
        deal,
        (at) => this.#stintAt(at),
        random,
        this.company,
        calendar,
        (at, actor, command) => this.#tell(at, actor, command),
      );
    });
  }

  #stintAt(at: number): Stint {
    return this.#owners.findLast(({ from }) => from <= at) ?? this.#owners[0]!;
  }

  #ownerAt(at: number): Actor {
    return this.company.person(this.#stintAt(at).who);
  }

  #begin(): void {
    const { customerId, kind, details, registeredAt, cameByItself, contacts } = this.customer;
    const { random, company } = this;
    const owner = this.#ownerAt(registeredAt);
    const talks = new Talks(this.customer, random.of('beginning'), this.chronicle.calendar, 'beginning');
    let at = registeredAt;
    const registration = { kind, ...details };
    if (cameByItself) {
      this.#tell(at, WEB_SITE, new RegisterCustomer(customerId, registration));
    } else {
      this.#tell(
        at,
        company.lead(this.customer.team),
        new RegisterCustomer(customerId, { ...registration, ownerId: owner.id }),
      );
    }
    this.#tell((at += MINUTE), cameByItself ? WEB_SITE : owner, this.#contact(0));
    if (cameByItself) {
      const inquiry = talks.logged(at + MINUTE, {
        channel: 'web',
        direction: 'inbound',
        summary: 'asked for an offer on the web site',
      });
      this.#tell(inquiry.at, WEB_SITE, inquiry.command(owner));
      at += random.whole(1, 5) * HOUR;
      this.#tell(
        at,
        company.lead(this.customer.team),
        new AssignCustomerOwner(customerId, { ownerId: owner.id, basis: 'supervisor' }),
      );
      for (const step of talks.answer(at + MINUTE, at + random.whole(1, 9) * HOUR))
        this.#tell(step.at, step.by ?? owner, step.command(owner));
    }
    contacts
      .slice(1)
      .forEach((_, index) => this.#tell(this.#later(40), this.#ownerAt(registeredAt), this.#contact(index + 1)));
    if (random.chance(0.6)) {
      const givenAt = registeredAt + 20 * HOUR;
      const consent = new RecordConsent(customerId, {
        contactId: contacts[0].contactId,
        channel: 'email',
        purpose: 'marketing',
        proof: random.pick(['form on the web site', 'signed at the fair', 'said so on the telephone']),
        givenAt: iso(givenAt),
      });
      this.#tell(givenAt, owner, consent);
      if (random.chance(0.15))
        this.#tell(
          this.#later(300),
          owner,
          new WithdrawConsent(customerId, { contactId: contacts[0].contactId, channel: 'email', purpose: 'marketing' }),
        );
    }
  }

  #contact(number: number): AddContact {
    const { contactId, details } = this.customer.contacts[number]!;
    return new AddContact(this.customer.customerId, { contactId, ...details });
  }

  /** @param pooledAt from when on the customer lies in the pool, if it does */
  #tellOwners(pooledAt: number): void {
    const { customerId } = this.customer;
    this.#owners.slice(1).forEach((stint, index) => {
      if (stint.from >= pooledAt) return;
      const basis = this.#owners[index]!.team === stint.team ? 'transfer' : 'supervisor';
      const { lead, to, reason } = this.#handOver(stint);
      this.#tell(stint.from, lead, new AssignCustomerOwner(customerId, { ownerId: to.id, basis }), reason);
    });
    for (const deal of this.life.deals) this.#tellOwnersOf(deal);
  }

  /** One that was closed keeps its owner, unless it is opened again. */
  #tellOwnersOf({ opportunityId, open }: Deal): void {
    let owner = this.#ownerAt(open[0]![0]);
    for (const stint of this.#owners.slice(1)) {
      const again = open.find(([, closed]) => stint.from < closed);
      if (!again) return;
      const { lead, to, reason } = this.#handOver(stint);
      const at = Math.max(stint.from, again[0]) + MINUTE;
      if (to === owner || at >= again[1] || this.#ownerAt(at) !== to) continue;
      this.#tell(at, lead, new AssignOpportunity(opportunityId, { ownerId: to.id, reason }));
      owner = to;
    }
  }

  #handOver({ who, team }: Stint): { readonly lead: Actor; readonly to: Actor; readonly reason: string } {
    const reason = team === 'key' ? 'highest tier: to the key accounts' : 'hand-over of the portfolio';
    return { lead: this.company.lead(team), to: this.company.person(who), reason };
  }

  /** With every purchase the program evaluates by itself; the clock of the story is not its own, so its looks are told. */
  #tellTiers(): void {
    const { customerId, team } = this.customer;
    for (const { at, tier, reason, until } of this.#tiering.byHand) {
      this.#tell(
        at,
        this.company.lead(team),
        new OverrideCustomerTier(customerId, { tier, reason, until: iso(until) }),
      );
    }
    for (const at of this.#tiering.looks) this.#tell(at, CLOCK, new EvaluateCustomerTier(customerId));
  }

  /**
   * Between two signs of life that lie far apart a customer is dormant; after the last one it may be lost, or goes to the pool.
   * @returns when it went there
   */
  #tellSilence(): number {
    const { customerId, registeredAt, team } = this.customer;
    const { calendar } = this.chronicle;
    const lead = this.company.lead(team);
    const orders = new Set(this.life.purchases.map(({ at }) => purchaseRecordedAt(at)));
    let pooledAt = Infinity;
    const signs = [registeredAt + DAY, ...this.life.steps.map(({ at }) => at).sort((a, b) => a - b), Infinity];
    signs.slice(1).forEach((sign, index) => {
      const dormant = calendar.working(this.random, signs[index]! + SILENT);
      if (dormant >= sign) return;
      this.#tell(dormant, lead, new MarkCustomerDormant(customerId, { reason: 'nothing heard for months' }));
      // An order brings a customer back by itself.
      if (Number.isFinite(sign)) {
        if (!orders.has(sign))
          this.#tell(
            sign,
            this.#ownerAt(sign),
            new ReactivateCustomer(customerId, { reason: 'got in touch again' }),
            undefined,
            'first',
          );
      } else if (this.random.chance(0.5)) {
        this.#tell(
          calendar.working(this.random, dormant + GIVEN_UP),
          lead,
          new MarkCustomerLost(customerId, { reason: this.random.weighted(REASONS), note: null }),
        );
      } else {
        pooledAt = calendar.working(this.random.of('pool'), dormant + 10 * DAY);
        this.#tellPool(pooledAt);
      }
    });
    return pooledAt;
  }

  /** Some are claimed by another seller, who has it with them from then on. */
  #tellPool(at: number): void {
    const { customerId, team } = this.customer;
    const { calendar } = this.chronicle;
    const random = this.random.of('claim');
    const into = { poolId: this.company.id('pool'), by: 'supervisor', reason: 'nothing heard for months' } as const;
    this.#tell(at, this.company.lead(team), new ReleaseCustomer(customerId, into));
    const claimedAt = calendar.working(random, at + random.spread(30) * DAY);
    const before = this.#ownerAt(at);
    const { who } = this.company.seller(random, team, claimedAt);
    const employeeId = this.company.person(who).id;
    if (!random.chance(0.6) || employeeId === before.id || claimedAt < at + 3 * DAY) return;
    this.#tell(claimedAt, this.company.person(who), new ClaimCustomer(customerId, { employeeId }));
  }

  #tellTrifles(): void {
    const { random } = this;
    const { customerId, contacts } = this.customer;
    for (const tag of TAGS) {
      if (random.chance(0.14)) this.#tellLater(250, new TagCustomer(customerId, { tag }));
    }
    if (random.chance(0.12))
      this.#tellLater(400, new ChangeCustomerDetails(customerId, { employees: random.whole(5, 400) }));
    const [, other] = contacts;
    if (!other || !random.chance(0.2)) return;
    const [channel] = other.details.channels;
    const at = this.#later(300) + 60 * DAY;
    this.#tell(
      at,
      this.#ownerAt(at),
      new BounceContactChannel(customerId, { contactId: other.contactId, kind: channel!.kind, value: channel!.value }),
    );
    this.#tell(
      at + 5 * DAY,
      this.#ownerAt(at + 5 * DAY),
      new DisableContact(customerId, { contactId: other.contactId, reason: 'left the company', nextPrimaryId: null }),
    );
  }

  /** Some days after the registration. */
  #later(days: number): number {
    return this.chronicle.calendar.working(
      this.random,
      this.customer.registeredAt + (2 + this.random.next() * days) * DAY,
    );
  }

  #tellLater(days: number, command: object): void {
    const at = this.#later(days);
    this.#tell(at, this.#ownerAt(at), command);
  }

  #tell(at: number, actor: Actor, command: object, reason?: string, place?: 'first'): void {
    this.chronicle.tell(place === 'first' ? at - MINUTE / 2 : at, actor, [this.customer.customerId], command, reason);
  }
}

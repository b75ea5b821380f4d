import type { ContactDetails, ContactRole, CustomerDetails, CustomerKind } from '../../../libs/customers/events.js';
import type { OpportunitySource } from '../../../libs/opportunities/events.js';
import { DAY, dayOf } from './calendar.js';
import type { Calendar } from './calendar.js';
import type { Company, Team } from './company.js';
import { sectors, slug } from './names.js';
import type { Names } from './names.js';
import type { Random } from './random.js';

/** How a customer buys once it has begun. */
export type Habit = 'never' | 'once' | 'regular' | 'growing' | 'fading' | 'seasonal';

const HABITS: Readonly<Record<Habit, number>> = {
  never: 12,
  once: 24,
  regular: 30,
  growing: 10,
  fading: 18,
  seasonal: 6,
};
const REGIONS = { North: 5, East: 4, South: 6, West: 4 } as const;
const SOURCES: Readonly<Partial<Record<OpportunitySource, number>>> = {
  website: 25,
  consultation: 10,
  referral: 16,
  campaign: 14,
  event: 9,
  partner: 6,
  outbound: 18,
};
const ROLES: Readonly<Record<ContactRole, number>> = {
  decision_maker: 35,
  influencer: 20,
  user: 20,
  technical: 15,
  finance: 8,
  other: 2,
};
const TITLES = ['head of purchasing', 'plant manager', 'operations manager', 'engineer', 'owner', 'controller'];
/** Numbers of the range that is kept free for stories. */
const PHONE = '+120255501';

export interface Person {
  readonly contactId: string;
  readonly details: ContactDetails;
}

/** Who a customer is. */
export interface Portrait {
  readonly customerId: string;
  readonly kind: CustomerKind;
  readonly details: Partial<CustomerDetails> & Pick<CustomerDetails, 'name'>;
  readonly team: Exclude<Team, 'key'>;
  readonly source: OpportunitySource;
  readonly habit: Habit;
  /** 1 for a customer of usual size. */
  readonly size: number;
  readonly registeredAt: number;
  /** The customer wrote on the web site first. */
  readonly cameByItself: boolean;
  readonly contacts: readonly [Person, ...Person[]];
}

export function portrait(
  random: Random,
  names: Names,
  company: Company,
  calendar: Calendar,
  registeredAt: number,
): Portrait {
  const customerId = company.id('customer', String(random.whole(0, 1e9)), String(registeredAt));
  const kind = random.chance(0.9) ? 'org' : 'person';
  const sector = random.pick(sectors);
  const name = kind === 'org' ? names.company(random, sector) : names.person(random);
  const region = random.weighted(REGIONS);
  const source = random.weighted(SOURCES as Record<OpportunitySource, number>);
  const size = kind === 'org' ? random.spread(1.1) : 0.4;
  const person = (number: number): Person => {
    const contactName = number === 0 && kind === 'person' ? name : names.person(random);
    const email = `${slug(contactName)}@${slug(kind === 'org' ? name : 'mail')}.example`;
    const phone = `${PHONE}${String(random.whole(0, 99)).padStart(2, '0')}`;
    return {
      contactId: company.id('contact', customerId, String(number)),
      details: {
        name: contactName,
        title: kind === 'org' ? random.pick(TITLES) : null,
        role: kind === 'org' ? random.weighted(ROLES) : 'decision_maker',
        channels: [
          { kind: 'email', value: email },
          ...(random.chance(0.7) ? [{ kind: 'phone' as const, value: phone }] : []),
        ],
        birthday: random.chance(0.2) ? dayOf(calendar.start - random.whole(24 * 365, 60 * 365) * DAY) : null,
      },
    };
  };
  const others = kind === 'org' ? Number(random.weighted({ 0: 45, 1: 38, 2: 17 })) : 0;
  return {
    customerId,
    kind,
    source,
    size,
    registeredAt,
    details: {
      name,
      region,
      source,
      sector: kind === 'org' ? sector : null,
      ...(kind === 'org' && {
        domain: `${slug(name)}.example`,
        employees: Math.max(3, Math.round(size * random.spread(60))),
      }),
      ...(kind === 'org' && { establishedIn: new Date(calendar.start).getUTCFullYear() - random.whole(3, 70) }),
      ...(kind === 'org' && {
        annualRevenue: {
          amount: Math.round(size * random.spread(80)) * 1e7,
          currency: 'EUR',
        },
      }),
    },
    team: region === 'North' || region === 'East' ? 'north' : 'south',
    habit: random.weighted(HABITS),
    cameByItself: source === 'website' && random.chance(0.7),
    contacts: [person(0), ...Array.from({ length: others }, (_, index) => person(index + 1))],
  };
}

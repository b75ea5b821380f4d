import type { Actor } from '../../../libs/event-store/event-store.js';
import { idFrom } from '../../../libs/ids.js';
import { DAY } from './calendar.js';
import type { Calendar } from './calendar.js';
import type { Names } from './names.js';
import type { Random } from './random.js';

export const teams = ['north', 'south', 'key'] as const;
export type Team = (typeof teams)[number];

/** A day on which the company was reorganised: the best customers got a team of their own. */
export const REORGANISED = 365;

/** The days on which people come, leave, change places or say that they will be away. */
export const CHANGES = [150, 195, 287, 300, REORGANISED, 380, 430, 445, 500, 605, 623, 721];

interface Post {
  readonly unit: string;
  readonly position: string;
  /** Day on which they joined. */
  readonly from: number;
  /** Day on which they left for good. */
  readonly to?: number;
}

/** Who works where when they join. */
export const posts = {
  director: { unit: 'company', position: 'director', from: 0 },
  'sales-head': { unit: 'sales', position: 'sales-head', from: 0 },
  'north-lead': { unit: 'north', position: 'north-lead', from: 0 },
  'south-lead': { unit: 'south', position: 'south-lead', from: 0 },
  'north-1': { unit: 'north', position: 'north-seller', from: 0 },
  'north-2': { unit: 'north', position: 'north-seller', from: 0 },
  'north-3': { unit: 'north', position: 'north-seller', from: 0 },
  'north-4': { unit: 'north', position: 'north-seller', from: 0 },
  'north-5': { unit: 'north', position: 'north-seller', from: 380 },
  'south-1': { unit: 'south', position: 'south-seller', from: 0 },
  'south-2': { unit: 'south', position: 'south-seller', from: 0 },
  'south-3': { unit: 'south', position: 'south-seller', from: 0, to: 430 },
  'south-4': { unit: 'south', position: 'south-seller', from: 0 },
  'south-5': { unit: 'south', position: 'south-seller', from: 150 },
  'south-6': { unit: 'south', position: 'south-seller', from: 445 },
  'key-1': { unit: 'key', position: 'key-seller', from: 500 },
  'marketing-head': { unit: 'marketing', position: 'marketing-head', from: 0 },
  'marketing-1': { unit: 'marketing', position: 'marketing-specialist', from: 0 },
  'marketing-2': { unit: 'marketing', position: 'marketing-specialist', from: 0 },
  'service-head': { unit: 'service', position: 'service-head', from: 0 },
  'service-1': { unit: 'service', position: 'service-agent', from: 0 },
  'service-2': { unit: 'service', position: 'service-agent', from: 0 },
  'service-3': { unit: 'service', position: 'service-agent', from: 0 },
  'service-4': { unit: 'service', position: 'service-agent', from: 300 },
  'finance-head': { unit: 'finance', position: 'finance-head', from: 0 },
  'finance-1': { unit: 'finance', position: 'accountant', from: 0 },
} as const satisfies Readonly<Record<string, Post>>;

export type Who = keyof typeof posts;

/** Who sells in which team, from which day to which. */
export const stints: readonly { readonly who: Who; readonly team: Team; readonly from: number; readonly to: number }[] =
  [
    ...(['north-2', 'north-3', 'north-4', 'north-5'] as const).map((who) => ({
      who,
      team: 'north' as const,
      from: posts[who].from,
      to: Infinity,
    })),
    ...(['south-2', 'south-4', 'south-5', 'south-6'] as const).map((who) => ({
      who,
      team: 'south' as const,
      from: posts[who].from,
      to: Infinity,
    })),
    { who: 'north-1', team: 'north', from: 0, to: REORGANISED },
    { who: 'north-1', team: 'key', from: REORGANISED, to: Infinity },
    { who: 'south-1', team: 'south', from: 0, to: REORGANISED },
    { who: 'south-1', team: 'key', from: REORGANISED, to: Infinity },
    { who: 'south-3', team: 'south', from: 0, to: posts['south-3'].to },
    { who: 'key-1', team: 'key', from: posts['key-1'].from, to: Infinity },
  ];

/** Some get more than others: what a report on fairness is there to show. */
const LUCK: Partial<Record<Who, number>> = {
  'north-1': 2.2,
  'north-4': 0.6,
  'south-2': 1.7,
  'south-4': 0.7,
  'south-1': 1.3,
};

/** Sellers get no new customers during this time before they leave. */
const NOTICE = 10 * DAY;

/** Seller of a customer from a moment on. */
export interface Stint {
  readonly who: Who;
  readonly team: Team;
  readonly from: number;
  /** When they no longer sell in this team. */
  readonly to: number;
}

/** The people, with names and ids from the seed. */
export class Company {
  readonly name: string;
  readonly #people: Readonly<Record<Who, Actor>>;

  constructor(
    private readonly seed: string,
    random: Random,
    names: Names,
    private readonly calendar: Calendar,
  ) {
    const sources = Object.keys(posts).map((who) => [
      who,
      { id: this.id('employee', who), name: names.person(random.of(who)) },
    ]);
    this.#people = Object.fromEntries(sources) as Record<Who, Actor>;
    this.name = `${names.company(random.of('name'), 'manufacturing').split(' ')[0]} Instruments`;
  }

  id(...name: readonly string[]): string {
    return idFrom('demo', this.seed, ...name);
  }

  person(who: Who): Actor {
    return this.#people[who];
  }

  lead(team: Team): Actor {
    return this.person(team === 'key' ? 'north-1' : `${team}-lead`);
  }

  /** A seller of this team at this time, other than `not`. */
  seller(random: Random, team: Team, at: number, not?: Who): Stint {
    const { calendar } = this;
    const able = stints
      .map((stint) => ({ ...stint, from: calendar.day(stint.from), to: calendar.day(stint.to) }))
      .filter((stint) => stint.team === team && stint.who !== not && stint.from <= at && at < stint.to - NOTICE);
    const who = random.weighted(Object.fromEntries(able.map((stint) => [stint.who, LUCK[stint.who] ?? 1])));
    return able.find((stint) => stint.who === who)!;
  }

  service(random: Random): Actor {
    return this.person(random.pick(['service-1', 'service-2', 'service-3']));
  }
}

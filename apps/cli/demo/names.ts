import type { Random } from './random.js';

/** Syllables of no particular language; the names are invented and mean no real person. */
const OPENING = [
  'ba',
  'be',
  'co',
  'da',
  'do',
  'fe',
  'ga',
  'ha',
  'je',
  'ka',
  'la',
  'le',
  'mo',
  'na',
  'ne',
  'o',
  'pe',
  'ra',
  'sa',
  'se',
  'ta',
  'te',
  'u',
  've',
  'ya',
  'ze',
];
const MIDDLE = [
  'dan',
  'gar',
  'la',
  'len',
  'lo',
  'mar',
  'mi',
  'nor',
  'ra',
  'ri',
  'ro',
  'sel',
  'sin',
  'ta',
  'ti',
  'vel',
  'vi',
  'zo',
];
const GIVEN_END = ['a', 'an', 'e', 'el', 'en', 'i', 'ia', 'in', 'is', 'o', 'on', 'us'];
const FAMILY_END = ['dal', 'der', 'gren', 'ker', 'lin', 'mer', 'nak', 'rav', 'sen', 'tov', 'var', 'wen'];
const COMPANY_END = ['co', 'dia', 'ex', 'ia', 'ion', 'ium', 'ora', 'ova', 'um', 'yx'];

export const sectors = [
  'manufacturing',
  'retail',
  'healthcare',
  'logistics',
  'hospitality',
  'education',
  'energy',
] as const;
export type Sector = (typeof sectors)[number];

const TRADES: Readonly<Record<Sector, readonly string[]>> = {
  manufacturing: ['Works', 'Castings', 'Machines', 'Plastics', 'Tools'],
  retail: ['Stores', 'Market', 'Trading', 'Outfitters'],
  healthcare: ['Clinic', 'Care', 'Laboratories', 'Dental'],
  logistics: ['Freight', 'Logistics', 'Cargo', 'Harbour Services'],
  hospitality: ['Hotels', 'Kitchens', 'Resorts', 'Catering'],
  education: ['Academy', 'College', 'Learning'],
  energy: ['Power', 'Grid', 'Solar', 'Utilities'],
};

/** Names that are given out once each. */
export class Names {
  readonly #given = new Set<string>();

  person(random: Random): string {
    return this.#once(() => `${word(random, GIVEN_END, 0.35)} ${word(random, FAMILY_END, 0.5)}`);
  }

  company(random: Random, sector: Sector): string {
    return this.#once(() => `${word(random, COMPANY_END, 0.6)} ${random.pick(TRADES[sector])}`);
  }

  #once(make: () => string): string {
    for (;;) {
      const name = make();
      if (this.#given.has(name)) continue;
      this.#given.add(name);
      return name;
    }
  }
}

/** A word of two or three syllables. */
function word(random: Random, ends: readonly string[], long: number): string {
  const text = `${random.pick(OPENING)}${random.chance(long) ? random.pick(MIDDLE) : ''}${random.pick(MIDDLE)}${random.pick(ends)}`;
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}

/** What an address can be made of. */
export const slug = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');

import { expect, it } from '@jest/globals';
import { projection } from '../../../libs/read-models/projection.js';
import type { Filter } from '../../../libs/read-models/read-models.js';
import { readModel } from '../../../libs/read-models/rollup.js';
import type { Tested } from '../read-models.contract.js';

interface Card {
  readonly id: string;
  readonly name: string;
  readonly size: 'large' | 'small';
  readonly owner: string | null;
  readonly tags: readonly string[];
}

const cards = projection<Card, { Card: Card; Gone: { id: string } }>({
  name: 'cards',
  version: 1,
  id: ({ data }) => data.id,
  starts: { Card: ({ data }) => data },
  on: { Gone: () => null },
  indexes: [['name']],
  filters: ['size', 'owner'],
  lists: ['tags'],
});
const model = readModel(cards);

/** So many that a condition few meet and one most meet are answered in different ways. */
const many: readonly Card[] = Array.from({ length: 1_500 }, (_, index) => ({
  id: `c${index}`,
  name: `n${String((index * 7) % 500).padStart(3, '0')}`,
  size: index % 10 === 0 ? 'small' : 'large',
  owner: index % 300 === 0 ? 'rare' : index % 4 === 0 ? null : 'common',
  tags: [index % 2 === 0 ? 'even' : 'odd', ...(index % 250 === 0 ? ['evening', 'evenings'] : [])],
}));
const gone = many.filter((_, index) => index % 11 === 3);
const left = many.filter((card) => !gone.includes(card));

const conditions: readonly (readonly [Filter, (card: Card) => boolean])[] = [
  [{ size: 'large' }, ({ size }) => size === 'large'],
  [{ size: 'small' }, ({ size }) => size === 'small'],
  [{ owner: 'rare' }, ({ owner }) => owner === 'rare'],
  [{ owner: null }, ({ owner }) => owner === null],
  [{ owner: 'nobody' }, () => false],
  [{ owner: { $in: ['rare', null] } }, ({ owner }) => owner !== 'common'],
  [{ owner: { $ne: 'common' } }, ({ owner }) => owner !== 'common'],
  [{ tags: { $has: 'odd' } }, ({ tags }) => tags.includes('odd')],
  [{ tags: { $has: 'evening' } }, ({ tags }) => tags.includes('evening')],
  [{ tags: { $has: { $prefix: 'even' } } }, ({ tags }) => tags.some((tag) => tag.startsWith('even'))],
  [{ tags: { $has: { $prefix: 'evening' } } }, ({ tags }) => tags.includes('evening')],
];

export function filteredLists(on: Tested): void {
  it('hold what meets all conditions, each once and in order, whichever of them are rare', async () => {
    await on.serve(model, [
      ...many.map((data) => ({ type: 'Card', data })),
      ...gone.map(({ id }) => ({ type: 'Gone', data: { id } })),
    ]);
    for (const [one, meetsOne] of conditions) {
      for (const [other, meetsOther] of conditions) {
        for (const sort of ['name', '-name']) {
          const found = await inPages({ $and: [one, other] }, sort);
          const down = sort === '-name' ? -1 : 1;
          const expected = left
            .filter((card) => meetsOne(card) && meetsOther(card))
            .sort((a, b) => down * (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1));
          expect({ one, other, sort, found }).toEqual({ one, other, sort, found: expected.map(({ id }) => id) });
        }
      }
    }
  });

  async function inPages(filter: Filter, sort: string): Promise<string[]> {
    const found: string[] = [];
    for (let cursor: string | undefined; ;) {
      const { items, next } = await on.readModels.find(cards, { filter, sort: [sort], limit: 500, cursor });
      found.push(...items.map(({ id }) => id));
      if (next === undefined) return found;
      cursor = next;
    }
  }
}

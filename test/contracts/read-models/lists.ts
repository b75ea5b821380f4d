import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { projection } from '../../../libs/read-models/projection.js';
import type { Find } from '../../../libs/read-models/read-models.js';
import { readModel } from '../../../libs/read-models/rollup.js';
import { property } from '../../support/property.js';
import type { Tested } from '../read-models.contract.js';

interface Entry {
  readonly id: string;
  readonly group: string;
  readonly weight: number;
}

const entries = projection<Entry, { Entry: Entry }>({
  name: 'entries',
  version: 1,
  id: ({ data }) => data.id,
  starts: { Entry: ({ data }) => data },
  on: { Entry: (_, { data }) => data },
  indexes: [['group'], ['group', 'weight']],
});
const entryModel = readModel(entries);

/** Many of the same group and weight, so that the id has to break ties. */
const many: readonly Entry[] = Array.from({ length: 60 }, (_, index) => ({
  id: `e${String((index * 37) % 60).padStart(2, '0')}`,
  group: ['x', 'y', 'ü'][index % 3]!,
  weight: [1, 1.5, -2, 1][index % 4]!,
}));

const byText = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function sorted(sort: readonly string[]): Entry[] {
  const keys = [...sort, sort[0]?.startsWith('-') ? '-id' : 'id'];
  return [...many].sort((a, b) => {
    for (const key of keys) {
      const [left, right] = [a, b].map((each) => each[key.replace('-', '') as keyof Entry]) as [
        string | number,
        string | number,
      ];
      const order = typeof left === 'number' ? left - Number(right) : byText(left, String(right));
      if (order !== 0) return key.startsWith('-') ? -order : order;
    }
    return 0;
  });
}

const valuesIn = (cursor: string) => JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];

export function lists(on: Tested): void {
  const serve = () =>
    on.serve(
      entryModel,
      many.map((data) => ({ type: 'Entry', data })),
    );

  async function inPages(find: Find): Promise<Entry[]> {
    const found: Entry[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await on.readModels.find(entries, { ...find, cursor });
      found.push(...page.items);
      if (page.next === undefined) return found;
      expect(page.items).toHaveLength(find.limit ?? 50);
      cursor = page.next;
    }
  }

  const sorts = [
    [],
    ['group'],
    ['-group'],
    ['weight'],
    ['group', 'weight'],
    ['-group', '-weight'],
    ['group', '-weight'],
    ['-group', 'weight'],
    ['weight', 'group'],
    ['id'],
    ['-id'],
    ['group', 'group'],
  ];
  it.each(sorts.map((sort) => [sort]))('are sorted by %j, in pages of any size', async (sort) => {
    await serve();
    for (const limit of [1, 7, 59, 60, 61]) expect(await inPages({ sort, limit })).toEqual(sorted(sort));
  });

  it('are filtered and sorted', async () => {
    await serve();
    const filter = { group: { $in: ['x', 'ü'] }, weight: { $gt: 0 } };
    const expected = sorted(['-weight', 'group']).filter(({ group, weight }) => group !== 'y' && weight > 0);
    expect(await inPages({ sort: ['-weight', 'group'], limit: 4, filter })).toEqual(expected);
  });

  it('have fifty entries to a page unless told otherwise', async () => {
    await serve();
    expect((await on.readModels.find(entries)).items).toHaveLength(50);
  });

  it('say on which page they end', async () => {
    await serve();
    expect((await on.readModels.find(entries, { limit: 60 })).next).toBeUndefined();
    expect((await on.readModels.find(entries, { limit: 59 })).next).toBeDefined();
    expect(await on.readModels.find(entries, { filter: { group: 'none' } })).toEqual({ items: [] });
  });

  it('neither repeat nor skip an entry when others come in between', async () => {
    await serve();
    const first = await on.readModels.find(entries, { sort: ['group', 'weight'], limit: 20 });
    const early = { id: 'a', group: 'a', weight: 0 };
    await on.serve(
      entryModel,
      [early, ...many].map((data) => ({ type: 'Entry', data })),
    );
    const rest = await inPages({ sort: ['group', 'weight'], limit: 50, cursor: first.next });
    const second = await on.readModels.find(entries, { sort: ['group', 'weight'], limit: 50, cursor: first.next });
    expect([...first.items, ...second.items]).toEqual(sorted(['group', 'weight']));
    expect(rest[0]).toEqual(early);
  });

  it('refuse a cursor that is none of theirs', async () => {
    await serve();
    const { next } = await on.readModels.find(entries, { sort: ['group', 'weight'], limit: 1 });
    const refused = { code: 'cursor-invalid', status: 400 };
    const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const cursor of [
      '',
      'x',
      '%%%',
      json(null),
      json({}),
      json([]),
      json(['x', null]),
      json(['x', { $gt: 1 }]),
      json([[], {}]),
      next,
    ]) {
      await expect(on.readModels.find(entries, { sort: ['group'], cursor })).rejects.toMatchObject(refused);
    }
    // One that fits is a place in the list, whatever it says.
    const [list] = valuesIn((await on.readModels.find(entries, { sort: ['group'], limit: 1 })).next!);
    const odd = json([list, "x' OR 1=1 --", 'e']);
    expect(
      (await on.readModels.find(entries, { sort: ['group'], cursor: odd })).items.every(({ group }) => group > 'x'),
    ).toBe(true);
  });

  it('refuse a cursor of another order or filter', async () => {
    await serve();
    const find = { sort: ['group'], filter: { weight: { $gt: 0 } }, limit: 1 };
    const { next: cursor } = await on.readModels.find(entries, find);
    expect((await on.readModels.find(entries, { ...find, limit: 5, cursor })).items).toHaveLength(5);
    for (const other of [
      { sort: ['-group'] },
      { sort: ['id'] },
      { filter: { weight: { $gt: 1 } } },
      { filter: {} },
      { asked: { weight: 'heavy' } },
    ]) {
      const found = on.readModels.find(entries, { ...find, ...other, cursor });
      await expect(found).rejects.toMatchObject({ code: 'cursor-invalid' });
    }
  });

  it('take the cursor of what was asked, where the filter is computed anew', async () => {
    await serve();
    const find = { sort: ['group'], asked: { weight: 'heavy' }, limit: 1 };
    const { next: cursor } = await on.readModels.find(entries, { ...find, filter: { weight: { $gt: 0 } } });
    const { items } = await on.readModels.find(entries, { ...find, filter: { weight: { $gt: 1 } }, cursor });
    expect(items.every(({ weight }) => weight > 1)).toBe(true);
  });

  it('answer any filter as the same filter in JavaScript would', async () => {
    await serve();
    const weight = fc.constantFrom(-2, 0, 1, 1.5, 2);
    const group = fc.constantFrom<string>('x', 'y', 'ü', '', 'z');
    const condition = fc.record(
      {
        weight: fc.oneof(weight, fc.record({ $gte: weight, $lt: weight })),
        group: fc.oneof(group, fc.record({ $in: fc.array(group) })),
      },
      { requiredKeys: [] },
    );
    type Condition = typeof condition extends fc.Arbitrary<infer Value> ? Value : never;
    const heavy = (entry: Entry, wanted: Condition['weight']) =>
      wanted === undefined ||
      (typeof wanted === 'number' ? entry.weight === wanted : entry.weight >= wanted.$gte && entry.weight < wanted.$lt);
    const grouped = (entry: Entry, wanted: Condition['group']) =>
      wanted === undefined || (typeof wanted === 'string' ? entry.group === wanted : wanted.$in.includes(entry.group));
    const holds = (entry: Entry, wanted: Condition) => heavy(entry, wanted.weight) && grouped(entry, wanted.group);
    await fc.assert(
      fc.asyncProperty(fc.array(condition, { minLength: 1 }), condition, async (some, all) => {
        const found = await on.readModels.find(entries, { filter: { $or: some, $and: [all] }, limit: 100 });
        const expected = sorted([]).filter((entry) => some.some((each) => holds(entry, each)) && holds(entry, all));
        expect(found.items).toEqual(expected);
      }),
      property(100),
    );
  });
}

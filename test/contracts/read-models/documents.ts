import { beforeEach, expect, it } from '@jest/globals';
import { projection } from '../../../libs/read-models/projection.js';
import type { Filter } from '../../../libs/read-models/read-models.js';
import { readModel } from '../../../libs/read-models/rollup.js';
import type { Tested } from '../read-models.contract.js';

interface Thing {
  readonly id: string;
  readonly name?: string | null;
  readonly size?: number | null;
  readonly open?: boolean;
  readonly tags?: readonly unknown[];
  readonly place?: { readonly city: string | null };
}

type ThingEvents = { Thing: Thing; Gone: { id: string } };

const things = projection<Thing, ThingEvents>({
  name: 'things',
  version: 1,
  id: ({ data }) => data.id,
  starts: { Thing: ({ data }) => data },
  on: { Thing: (_, { data }) => data, Gone: () => null },
  indexes: [['name'], ['size', 'name']],
  lists: ['tags'],
});
const thingModel = readModel(things);
const happened = (...data: readonly Thing[]) => data.map((each) => ({ type: 'Thing', data: each }));

const six: readonly Thing[] = [
  { id: 'a', name: 'Anna', size: 1, open: true, tags: ['red', 'round'], place: { city: 'Rome' } },
  { id: 'b', name: 'Bert', size: 2, open: false, tags: ['red'], place: { city: 'Oslo' } },
  { id: 'c', name: 'anna', size: 2.5, open: true, tags: ['redwood', '%', 'a_b'], place: { city: null } },
  { id: 'd', name: 'Änne', size: -3, open: false, tags: [] },
  { id: 'e', name: null, size: null, open: true, place: { city: 'O\'Hara"; DROP TABLE x --' } },
  { id: 'f', name: 'An\u{1f600}na 100%', size: 10, tags: ['round', 'round', 7, null] },
];

export function documents(on: Tested): void {
  beforeEach(() => on.serve(thingModel, happened(...six)));

  const matching = async (filter: Filter) => {
    const { items } = await on.readModels.find(things, { filter });
    expect(await on.readModels.count(things, filter)).toBe(items.length);
    return items.map(({ id }) => id).join('');
  };

  it('are had by their id', async () => {
    expect(await on.readModels.get(things, 'a')).toEqual(six[0]);
    expect(await on.readModels.get(things, 'A')).toBeUndefined();
    expect(await on.readModels.get(things, "a' OR 1=1 --")).toBeUndefined();
  });

  it('are gone when they were removed, from lists too', async () => {
    await on.serve(thingModel, [...happened(...six), { type: 'Gone', data: { id: 'a' } }]);
    expect(await on.readModels.get(things, 'a')).toBeUndefined();
    expect(await on.readModels.count(things)).toBe(5);
    expect(await matching({ tags: { $has: 'red' } })).toBe('b');
  });

  const filters: [Filter, string][] = [
    [{}, 'abcdef'],
    [{ name: 'Anna' }, 'a'],
    [{ name: null }, 'e'],
    [{ 'place.city': null }, 'cdf'],
    [{ 'place.city': 'Rome' }, 'a'],
    [{ size: 2 }, 'b'],
    [{ size: 2.5 }, 'c'],
    [{ size: '2' }, ''],
    [{ name: 5 }, ''],
    [{ open: true }, 'ace'],
    [{ open: false }, 'bd'],
    [{ open: null }, 'f'],
    [{ nowhere: null }, 'abcdef'],
    [{ nowhere: 'x' }, ''],
    [{ name: { $in: ['Anna', 'Bert', 'Nobody'] } }, 'ab'],
    [{ name: { $in: [] } }, ''],
    [{ name: { $in: ['Bert', null] } }, 'be'],
    [{ size: { $in: [1, 2.5] } }, 'ac'],
    [{ open: { $in: [true] } }, 'ace'],
    [{ name: { $ne: 'Anna' } }, 'bcdef'],
    [{ name: { $ne: null } }, 'abcdf'],
    [{ open: { $ne: true } }, 'bdf'],
    [{ size: { $gt: 2 } }, 'cf'],
    [{ size: { $gte: 2 } }, 'bcf'],
    [{ size: { $lt: 1 } }, 'd'],
    [{ size: { $lte: 1 } }, 'ad'],
    [{ size: { $gt: -3, $lte: 2 } }, 'ab'],
    [{ name: { $gte: 'B', $lt: 'b' } }, 'bc'],
    [{ name: { $prefix: 'An' } }, 'af'],
    [{ name: { $prefix: 'An\u{1f600}' } }, 'f'],
    [{ name: { $prefix: '' } }, 'abcdf'],
    [{ name: { $prefix: '%' } }, ''],
    [{ name: { $prefix: 'An_a' } }, ''],
    [{ tags: { $has: 'red' } }, 'ab'],
    [{ tags: { $has: { $prefix: 'red' } } }, 'abc'],
    [{ tags: { $has: { $prefix: 'a_' } } }, 'c'],
    [{ tags: { $has: '%' } }, 'c'],
    [{ tags: { $has: 'round' } }, 'af'],
    [{ tags: { $has: '7' } }, ''],
    [{ name: 'Anna', size: 1 }, 'a'],
    [{ name: 'Anna', size: 2 }, ''],
    [{ $or: [{ name: 'Anna' }, { size: 2 }] }, 'ab'],
    [{ $or: [] }, ''],
    [{ $and: [] }, 'abcdef'],
    [{ $and: [{ open: true }, { $or: [{ size: 1 }, { name: null }] }] }, 'ae'],
    [{ open: true, $or: [{ tags: { $has: 'red' } }, { name: null }] }, 'ae'],
    [{ name: undefined, size: 1 }, 'a'],
  ];
  it.each(filters)('that match %j', async (filter, expected) => {
    expect(await matching(filter)).toBe(expected);
  });

  const texts = [
    'O\'Hara"; DROP TABLE x --',
    "' OR '1'='1",
    '") OR 1=1 --',
    '$gt',
    '{"$gt":""}',
    '\u0000',
    '\ud800',
    '%',
    '*',
    '$.name',
  ];
  it.each(texts)('are compared with the text %j, which is nothing but a text', async (text) => {
    const expected = text.startsWith('O') ? 'e' : '';
    expect(await matching({ 'place.city': text })).toBe(expected);
    expect(await matching({ 'place.city': { $in: [text] } })).toBe(expected);
    expect(await matching({ 'place.city': { $prefix: text } })).toBe(expected);
    expect(await matching({ 'place.city': { $gte: text, $lte: text } })).toBe(expected);
    if (text !== '%') expect(await matching({ tags: { $has: text } })).toBe('');
    expect(await on.readModels.count(things)).toBe(6);
  });

  const paths = [
    "name') OR 1=1 --",
    'name"',
    '$.name',
    'na me',
    '',
    'name.',
    '.name',
    'name[0]',
    '__proto__',
    'constructor()',
    '$where',
    'id, body',
  ];
  it.each(paths)('are not looked for at %j, which is no path', async (path) => {
    await expect(on.readModels.find(things, { filter: { [path]: 'x' } })).rejects.toThrow('path');
    await expect(on.readModels.count(things, { $or: [{ [path]: 'x' }] })).rejects.toThrow('path');
    await expect(on.readModels.find(things, { sort: [`-${path}`] })).rejects.toThrow('path');
  });

  const conditions: unknown[] = [
    {},
    { $regex: '.*' },
    { $gt: undefined },
    ['Anna'],
    { $ne: 'Anna', $where: '1' },
    { name: 'Anna' },
  ];
  it.each(conditions)('are not looked for by %j, which is no condition', async (condition) => {
    await expect(on.readModels.find(things, { filter: { name: condition } as Filter })).rejects.toThrow('condition');
  });

  it('are searched for a list only where the projection has one', async () => {
    await expect(on.readModels.find(things, { filter: { name: { $has: 'x' } } })).rejects.toThrow('list');
  });

  it('keep what lists hold up to date', async () => {
    const [a] = six as [Thing];
    await on.serve(thingModel, happened(...six, { ...a, tags: ['round', 'blue'] }, { ...a, id: 'b', tags: ['blue'] }));
    expect(await matching({ tags: { $has: 'red' } })).toBe('');
    expect(await matching({ tags: { $has: 'blue' } })).toBe('ab');
    expect(await matching({ tags: { $has: 'round' } })).toBe('af');
  });

  it('may have fields called like anything', async () => {
    const odd = projection<{ id: string }, { Odd: { id: string; body: string; position: string } }>({
      name: 'odd',
      version: 1,
      indexes: [['id'], ['body', 'position'], ['d0']],
      id: ({ data }) => data.id,
      starts: { Odd: ({ data }) => data },
      on: {},
    });
    await on.serve(readModel(odd), [{ type: 'Odd', data: { id: 'x', body: 'b', position: 'p', d0: 1 } }]);
    expect(await on.readModels.count(odd, { id: 'x', body: 'b', position: 'p', d0: 1 })).toBe(1);
  });

  it('are not had before the first generation serves', async () => {
    const other = projection<Thing, ThingEvents>({
      name: 'other',
      version: 1,
      id: ({ data }) => data.id,
      starts: {},
      on: {},
    });
    const building = { code: 'read-model-building', status: 503 };
    await expect(on.readModels.get(other, 'a')).rejects.toMatchObject(building);
    await on.readModels.create(readModel(other), 'other@1');
    await expect(on.readModels.find(other)).rejects.toMatchObject(building);
    await expect(on.readModels.count(other)).rejects.toMatchObject(building);
  });
}

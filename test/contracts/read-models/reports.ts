import { beforeEach, expect, it } from '@jest/globals';
import { projection } from '../../../libs/read-models/projection.js';
import { readModel, rollup } from '../../../libs/read-models/rollup.js';
import type { Sum, Sums } from '../../../libs/read-models/read-models.js';
import { shiftDay } from '../../../libs/time.js';
import type { Tested } from '../read-models.contract.js';

interface Sale {
  readonly id: string;
  readonly day?: string;
  readonly seller: string | null;
  readonly product: string;
  readonly amount: number;
  readonly took?: number;
}

const sales = projection<Sale, { Sold: Sale; Undone: { id: string } }>({
  name: 'sales',
  version: 1,
  id: ({ data }) => data.id,
  starts: { Sold: ({ data }) => data },
  on: { Sold: (_, { data }) => data, Undone: () => null },
});

const report = rollup({
  name: 'sale-report',
  version: 1,
  of: sales,
  dimensions: ['seller', 'product'],
  measures: ['sales', 'amount'],
  durations: ['took'],
  cells: ({ day, seller, product, amount, took }) => [
    {
      day,
      key: { seller, product },
      measures: { sales: 1, amount },
      ...(took !== undefined && { durations: { took } }),
    },
  ],
});
const model = readModel(sales, report);

/** One sale a day of as many as its day of the month, over two years that hold a leap day. */
const daily: readonly Sale[] = Array.from({ length: 731 }, (_, index) => {
  const day = shiftDay('2023-01-01', index);
  return {
    id: day,
    day,
    seller: ['Ann', 'Ben', null][index % 3]!,
    product: ['p', 'q'][index % 2]!,
    amount: Number(day.slice(8)),
  };
});
const timeless: Sale = { id: 'timeless', seller: 'Ann', product: 'p', amount: 1_000_000 };

export function reports(on: Tested): void {
  const events = (...sold: readonly Sale[]) => sold.map((data) => ({ type: 'Sold', data }));
  const sums = async (asked?: Sums) =>
    Object.fromEntries((await on.readModels.sums(report, asked)).map((sum) => [labelOf(sum), sum.measures])) as Record<
      string,
      unknown
    >;
  const labelOf = ({ key }: Sum) =>
    Object.values(key)
      .map((value) => value ?? '-')
      .join(' ');
  /** The same sum, the plain way. */
  const added = (sold: readonly Sale[]) => ({
    sales: sold.length,
    amount: sold.reduce((sum, { amount }) => sum + amount, 0),
  });

  const windows: [string | undefined, string | undefined][] = [
    [undefined, undefined],
    ['2023-01-01', '2025-01-01'],
    ['2023-03-01', '2023-04-01'],
    ['2023-03-15', '2023-03-20'],
    ['2023-03-01', '2023-03-20'],
    ['2023-03-15', '2023-04-01'],
    ['2023-03-15', '2023-04-10'],
    ['2023-03-15', '2023-06-10'],
    ['2023-12-31', '2024-01-01'],
    ['2023-12-15', '2024-03-01'],
    ['2024-02-29', '2024-03-01'],
    ['2023-06-10', undefined],
    ['2023-06-01', undefined],
    [undefined, '2023-06-10'],
    [undefined, '2023-06-01'],
    ['2023-05-05', '2023-05-05'],
    ['2023-05-20', '2023-05-10'],
    ['2023-06-01', '2023-05-10'],
    ['2030-01-01', '2031-01-01'],
  ];
  it('sum up any window', async () => {
    await on.serve(model, events(...daily));
    for (const [from, to] of windows) {
      const within = daily.filter(({ day }) => day! >= (from ?? '') && day! < (to ?? '9'));
      const byMonth = Object.groupBy(within, ({ day }) => day!.slice(0, 7));
      const found = {
        whole: await sums({ from, to }),
        byMonth: await sums({ from, to, by: ['month'] }),
        byDay: await sums({ from, to, by: ['day'] }),
      };
      expect({ from, to, ...found }).toEqual({
        from,
        to,
        whole: within.length > 0 ? { '': added(within) } : {},
        byMonth: Object.fromEntries(Object.entries(byMonth).map(([month, sold]) => [month, added(sold!)])),
        byDay: Object.fromEntries(within.map((sale) => [sale.day, added([sale])])),
      });
    }
  });

  it('keep apart what is asked for, and add up the rest', async () => {
    await on.serve(model, events(...daily));
    const of = (seller: string | null) => daily.filter((sale) => sale.seller === seller);
    expect(await sums({ by: ['seller'] })).toEqual({
      Ann: added(of('Ann')),
      Ben: added(of('Ben')),
      '-': added(of(null)),
    });
    expect((await on.readModels.sums(report, { by: ['seller'] })).map(({ key }) => key)).toContainEqual({
      seller: null,
    });
    const both = await sums({ by: ['product', 'month', 'seller'], from: '2023-02-01', to: '2023-02-03' });
    expect(both).toEqual({
      'q 2023-02 Ben': { sales: 1, amount: 1 },
      'p 2023-02 -': { sales: 1, amount: 2 },
    });
  });

  it('count only what they are asked about', async () => {
    await on.serve(model, events(...daily));
    const where = async (asked: Sums['where'], window: Sums = {}) =>
      (await sums({ ...window, where: asked! }))[''] ?? added([]);
    expect(await where({ seller: ['Ann'] })).toEqual(added(daily.filter(({ seller }) => seller === 'Ann')));
    expect(await where({ seller: ['Ann', null] })).toEqual(added(daily.filter(({ seller }) => seller !== 'Ben')));
    expect(await where({ seller: ['Ann'], product: ['p'] })).toEqual(
      added(daily.filter(({ seller, product }) => seller === 'Ann' && product === 'p')),
    );
    expect(await where({ seller: [] })).toEqual(added([]));
    expect(await where({ seller: ["Ann' OR 1=1 --"] })).toEqual(added([]));
    expect(await where({ month: ['2023-05'] })).toEqual(added(daily.filter(({ day }) => day!.startsWith('2023-05'))));
    expect(await where({ day: ['2023-05-05', '2023-05-07'] })).toEqual({ sales: 2, amount: 12 });
    expect(await where({ day: ['2023-05-05'] }, { from: '2023-01-01', to: '2024-01-01' })).toEqual({
      sales: 1,
      amount: 5,
    });
  });

  it('count in every window what has no day', async () => {
    await on.serve(model, events(...daily.slice(0, 2), timeless));
    expect(await sums({ from: '2023-01-02', to: '2023-01-03' })).toEqual({ '': { sales: 2, amount: 1_000_002 } });
    expect(await sums({ by: ['month'] })).toEqual({
      '2023-01': { sales: 2, amount: 3 },
      '-': { sales: 1, amount: 1_000_000 },
    });
    expect(await sums({ by: ['day'] })).toMatchObject({
      '2023-01-01': { sales: 1 },
      '-': { sales: 1, amount: 1_000_000 },
    });
  });

  it('follow a document that moves, and forget one that goes', async () => {
    const [first, second] = daily as [Sale, Sale];
    await on.serve(model, [
      ...events(first, second, { ...first, day: '2024-07-01', seller: 'Ben', amount: 50 }),
      { type: 'Undone', data: { id: second.id } },
    ]);
    expect(await sums({ by: ['month', 'seller', 'product'] })).toEqual({ '2024-07 Ben p': { sales: 1, amount: 50 } });
  });

  it('keep counts, sums and percentiles of durations', async () => {
    const took = [0, 1, 1_000, 2_000, 3_000, 86_400_000];
    const sold = took.map((each, index): Sale => ({ ...daily[index]!, took: each, amount: 0 }));
    await on.serve(model, [...events(...sold, { ...sold[5]!, took: 90_000_000 })]);
    const [sum] = await on.readModels.sums(report);
    expect(sum!.durations['took']).toMatchObject({ count: 6, sum: 90_006_001 });
    expect(sum!.durations['took']!.percentile(1)! / 90_000_000).toBeCloseTo(1, 1);
    expect(sum!.durations['took']!.percentile(0.01)).toBe(0);
    const byDay = await on.readModels.sums(report, { by: ['day'], from: '2023-01-03', to: '2023-01-05' });
    expect(byDay.map(({ durations }) => durations['took']!.sum)).toEqual([1_000, 2_000]);
  });

  it('answer with nothing where nothing is', async () => {
    await on.serve(model, []);
    expect(await on.readModels.sums(report)).toEqual([]);
  });

  it('say so where what serves was built without them, or with another version of them', async () => {
    const building = { code: 'report-building', status: 503, details: { report: report.name, position: 0 } };
    await on.serve(readModel(sales), events(...daily));
    await expect(on.readModels.sums(report)).rejects.toMatchObject(building);
    await on.serve(readModel(sales, { ...report, version: 2 }), events(...daily));
    await expect(on.readModels.sums(report)).rejects.toMatchObject(building);
    await on.serve(model, events(...daily));
    expect(await sums({ from: '2023-01-01', to: '2023-01-02' })).toEqual({ '': { sales: 1, amount: 1 } });
  });

  it('know their dimensions', async () => {
    await on.serve(model, []);
    await expect(on.readModels.sums(report, { by: ['colour'] })).rejects.toThrow('no dimension colour');
    await expect(on.readModels.sums(report, { where: { 'd0; --': ['x'] } })).rejects.toThrow('no dimension');
  });

  it('add up exactly whatever comes: amounts of which two, or a thousand, are more than a number or 64 bits hold', async () => {
    const most = Number.MAX_SAFE_INTEGER;
    const sold = Array.from({ length: 1_100 }, (_, index): Sale => {
      const { day } = daily[index % 40]!;
      const place = index < 500 ? {} : { day: day! };
      return {
        id: `large ${index}`,
        ...place,
        seller: ['Ann', 'Ben'][index % 2]!,
        product: 'p',
        amount: most,
        took: most,
      };
    });
    await on.serve(model, events(...sold));
    const total = BigInt(most) * 1_100n;
    expect(total).toBeGreaterThan(2n ** 63n);
    expect(await sums()).toEqual({ '': { sales: 1_100, amount: total } });
    const [all] = await on.readModels.sums(report);
    expect(all!.durations['took']).toMatchObject({ count: 1_100, sum: total });
    const half = { sales: 550, amount: total / 2n };
    expect(await sums({ by: ['seller'] })).toEqual({ Ann: half, Ben: half });
    expect(await sums({ from: '2023-01-05', to: '2023-02-03' })).toEqual({
      '': { sales: 500 + 15 * 29, amount: BigInt(most) * BigInt(500 + 15 * 29) },
    });
    // What was taken away again leaves nothing behind.
    await on.serve(model, [
      ...events(...sold.slice(0, 600)),
      ...sold.slice(0, 598).map(({ id }) => ({ type: 'Undone', data: { id } })),
      ...events({ ...sold[599]!, amount: 1, took: 0 }),
    ]);
    expect(await sums()).toEqual({ '': { sales: 2, amount: BigInt(most) + 1n } });
    const [left] = await on.readModels.sums(report);
    expect(left!.durations['took']).toMatchObject({ count: 2, sum: most });
  });

  it('keep a large sum in the same form, however it came about', async () => {
    const large: Sale = { ...timeless, amount: 2 ** 50 };
    const many = Array.from({ length: 20 }, (_, index) => ({ ...large, id: `many ${index}` }));
    const contents = async () => {
      const [generation] = (await on.readModels.generations()).filter(({ state }) => state === 'active');
      const found: unknown[] = [];
      for await (const some of on.readModels.contents(generation!, model)) found.push(...some);
      return found.filter((content) => (content as unknown[]).length === 3);
    };
    await on.serve(model, events(...many));
    const plain = await contents();
    expect(plain).toContainEqual([report.name, expect.any(String), '[20,"22517998136852480",0,0,""]']);
    await on.serve(model, events(...many, ...many.map((each) => ({ ...each, amount: 3 })), ...many));
    expect(await contents()).toEqual(plain);
  });

  beforeEach(() => expect(daily.at(-1)?.day).toBe('2024-12-31'));
}

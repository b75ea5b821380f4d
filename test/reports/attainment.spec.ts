import { describe, expect, it } from '@jest/globals';
import type { NewTarget } from '../../libs/targets/commands.js';
import type { TargetEvents } from '../../libs/targets/events.js';
import { targetIdOf } from '../../libs/targets/target-id.js';
import type { Parameters } from '../../libs/reports/question.js';
import { deal, factsOf, pipeline } from './deals.js';
import { Reporting } from './reporting.js';
import type { Fact } from './reporting.js';
import { sellers, START } from './shop.js';

const [first, second, third] = sellers as [Seller, Seller, Seller];
type Seller = (typeof sellers)[number];
const idle = { employeeId: '01970000-0000-7000-8000-0000000000ee', name: 'Idle One' };

const fact = <Type extends keyof TargetEvents>(type: Type, data: TargetEvents[Type], at: string): Fact => ({
  stream: `target-${data.targetId}`,
  type,
  data,
  at,
});

const seller = (id: string, period: string, amount: number, currency = 'EUR'): NewTarget => ({
  kpi: 'won-amount',
  subject: { kind: 'employee', id },
  period,
  value: { amount, currency },
});
const set = (target: NewTarget, at = START): Fact => fact('TargetSet', { targetId: targetIdOf(target), ...target }, at);

const won = (index: number, owner: Seller, at: string, amount: number, currency = 'EUR') =>
  factsOf({
    ...deal(index, { owner, amount, currency }),
    steps: [
      { at: START, to: 'find' },
      { at, to: 'won' },
    ],
  });

/** The first won 1000 in January and 2000 in February, the second 700 dollars in February, the third nothing. */
async function company(...targets: readonly Fact[]): Promise<Reporting> {
  const reporting = new Reporting();
  await reporting.record(
    ...[...sellers, idle].map(({ employeeId, name }) => ({
      stream: 'organisation-main',
      type: 'EmployeeHired',
      data: { employeeId, name },
      at: START,
    })),
    ...pipeline(),
    ...won(0, first, '2024-01-11T00:00:00.000Z', 1_000),
    ...won(1, first, '2024-02-11T00:00:00.000Z', 2_000),
    ...won(2, second, '2024-02-12T00:00:00.000Z', 700, 'USD'),
    ...targets,
  );
  return reporting;
}

/** Who had which target, and what share of it they won. */
async function found(reporting: Reporting, parameters: Parameters = {}, name = 'employee') {
  const rows = await reporting.rows('performance', parameters);
  return rows.map((row) => [row[name], row['target'], row['attainment']]);
}

const eur = (amount: number) => [{ amount, currency: 'EUR' }];
const share = (part: number, currency = 'EUR') => [{ currency, share: part }];

describe('sales performance against targets', () => {
  it('says what everybody was to win, and how much of it they won, in its currency', async () => {
    const reporting = await company(
      set(seller(first.employeeId, '2024-Q1', 4_000)),
      set(seller(second.employeeId, '2024-Q1', 500)),
      set(seller(second.employeeId, '2024-Q1', 350, 'USD')),
    );
    expect(await found(reporting)).toEqual([
      [first.employeeId, eur(4_000), share(0.75)],
      [second.employeeId, [...eur(500), { amount: 350, currency: 'USD' }], [...share(0), ...share(2, 'USD')]],
    ]);
    expect((await reporting.report('performance')).definition).toBe(
      'stage-journey@3 sales-performance@1 performance-report@2 target-policy@1',
    );
  });

  it('has nothing to compare where there is no target', async () => {
    expect(await found(await company())).toEqual([
      [first.employeeId, null, null],
      [second.employeeId, null, null],
    ]);
  });

  it('shows those who have a target and won nothing, by name', async () => {
    const reporting = await company(
      set(seller(idle.employeeId, '2024-01', 100)),
      set(seller(first.employeeId, '2024-01', 1)),
    );
    expect((await reporting.rows('performance')).at(-1)).toMatchObject({
      employee: idle.employeeId,
      employeeName: 'Idle One',
      won: 0,
      lost: 0,
      winRate: null,
      wonAmount: [],
      averageDeal: [],
      open: 0,
      daysToClose: { count: 0, p50: null, p90: null },
      target: eur(100),
      attainment: share(0),
    });
    expect(await found(reporting, { where: { employee: [first.employeeId] } })).toHaveLength(1);
  });

  it('counts the targets whose periods lie in the window as a whole', async () => {
    const reporting = await company(
      set(seller(first.employeeId, '2024', 50_000)),
      set(seller(first.employeeId, '2024-Q1', 4_000)),
      set(seller(first.employeeId, '2024-01', 500)),
      set(seller(first.employeeId, '2024-03', 800)),
    );
    const target = async (from?: string, to?: string) =>
      (await found(reporting, { from, to })).find(([who]) => who === first.employeeId)?.slice(1);
    expect(await target('2024-01-01', '2024-02-01')).toEqual([eur(500), share(2)]);
    expect(await target('2024-01-01', '2024-03-31')).toEqual([eur(500), share(6)]);
    expect(await target('2024-01-01', '2024-04-01')).toEqual([eur(4_000), share(0.75)]);
    expect(await target('2024-01-02', '2024-04-01')).toEqual([eur(800), share(3.75)]);
    expect(await target('2024-02-01', '2024-03-01')).toEqual([null, null]);
    expect(await target(undefined, '2024-02-01')).toEqual([eur(500), share(2)]);
    expect(await target('2024-03-01')).toEqual([eur(800), share(0)]);
    expect(await target()).toEqual([eur(50_000), share(0.06)]);
  });

  it('goes month by month with the targets of months', async () => {
    const reporting = await company(
      set(seller(first.employeeId, '2024-Q1', 4_000)),
      set(seller(first.employeeId, '2024-02', 8_000)),
      set(seller(idle.employeeId, '2024-03', 5)),
    );
    const rows = await reporting.rows('performance', {
      by: ['employee', 'month'],
      from: '2024-01-01',
      to: '2024-04-01',
    });
    expect(rows.map((row) => [row['employee'], row['month'], row['target'], row['attainment']])).toEqual([
      [idle.employeeId, '2024-03', eur(5), share(0)],
      [first.employeeId, '2024-01', null, null],
      [first.employeeId, '2024-02', eur(8_000), share(0.25)],
      [second.employeeId, '2024-02', null, null],
    ]);
  });

  it('knows the targets of units, which are not those of their people', async () => {
    const unit = { kind: 'org-unit', id: first.orgUnitId! } as const;
    const reporting = await company(
      set({ ...seller('', '2024-Q1', 6_000), subject: unit }),
      set(seller(first.employeeId, '2024-Q1', 1)),
    );
    expect(await found(reporting, { by: ['orgUnit'] }, 'orgUnit')).toEqual([
      [first.orgUnitId, eur(6_000), share(0.5)],
      [second.orgUnitId, null, null],
    ]);
  });

  it('keeps currencies apart when asked', async () => {
    const reporting = await company(
      set(seller(second.employeeId, '2024-Q1', 100)),
      set(seller(second.employeeId, '2024-Q1', 1_400, 'USD')),
    );
    const rows = await reporting.rows('performance', {
      by: ['employee', 'currency'],
      where: { employee: [second.employeeId] },
    });
    expect(rows).toMatchObject([
      { currency: 'USD', won: 1, attainment: share(0.5, 'USD') },
      { currency: 'EUR', won: 0, target: eur(100), attainment: share(0) },
    ]);
    const turned = await reporting.rows('performance', { by: ['currency', 'employee'] });
    expect(turned.map((row) => [row['currency'], row['employee'], row['attainment']])).toEqual([
      ['EUR', first.employeeId, null],
      ['EUR', second.employeeId, share(0)],
      ['USD', second.employeeId, share(0.5, 'USD')],
    ]);
    expect(await found(reporting, { where: { currency: ['USD'] } })).toEqual([
      [second.employeeId, [{ amount: 1_400, currency: 'USD' }], share(0.5, 'USD')],
    ]);
  });

  it.each<[string, Parameters]>([
    ['managers', { by: ['manager'] }],
    ['products', { by: ['product'] }],
    ['employees and products', { by: ['employee', 'product'] }],
    ['employees and units', { by: ['employee', 'orgUnit'] }],
    ['employees and days', { by: ['employee', 'day'] }],
    ['employees, one product only', { where: { product: ['GTX'] } }],
    ['employees, one unit only', { where: { orgUnit: [first.orgUnitId] } }],
    ['months', { by: ['month'] }],
    ['everything', { by: [] }],
  ])('has none for %s', async (_, parameters) => {
    const reporting = await company(
      set(seller(first.employeeId, '2024-01', 1)),
      set(seller(idle.employeeId, '2024-01', 1)),
    );
    const rows = await reporting.rows('performance', parameters);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toMatchObject({ target: null, attainment: null });
    expect(rows.some(({ employee }) => employee === idle.employeeId)).toBe(false);
  });

  it('has none for employees, of what has no product: targets are for all of them', async () => {
    const reporting = await company(set(seller(first.employeeId, '2024-01', 1)));
    expect(await reporting.rows('performance', { where: { product: [null] } })).toEqual([]);
  });

  it('of a past moment knows the targets of that moment', async () => {
    const target = seller(first.employeeId, '2024-Q1', 4_000);
    const about = { targetId: targetIdOf(target), subject: target.subject };
    const reporting = await company(set(target, '2024-01-02T00:00:00.000Z'));
    reporting.clock.time = '2024-07-01T00:00:00.000Z';
    const [from, to] = [target.value, { amount: 2_000, currency: 'EUR' }];
    await reporting.record(
      fact('TargetRevised', { ...about, from, to, reason: 'a worse market' }, '2024-02-01T00:00:00.000Z'),
      fact('TargetWithdrawn', { ...about, reason: 'left' }, '2024-03-01T00:00:00.000Z'),
    );
    const at = async (asOf?: string, axis?: 'occurred' | 'recorded') =>
      (await found(reporting, { asOf, axis })).find(([who]) => who === first.employeeId)?.[1];
    expect(await at('2024-01-31')).toEqual(eur(4_000));
    expect(await at('2024-02-29')).toEqual(eur(2_000));
    expect(await at('2024-03-01')).toBeNull();
    expect(await at('2024-06-30', 'recorded')).toEqual(eur(4_000));
    expect(await at('2024-07-01', 'recorded')).toBeNull();
    expect(await at()).toBeNull();
  });

  it('says the same in another zone, whose days make other months', async () => {
    const reporting = await company(
      set(seller(third.employeeId, '2024-03', 100)),
      ...won(3, third, '2024-02-29T20:00:00.000Z', 50),
    );
    const march = { from: '2024-03-01', to: '2024-04-01' };
    expect(await found(reporting, march)).toEqual([[third.employeeId, eur(100), share(0)]]);
    expect(await found(reporting, { ...march, zone: 'Asia/Tokyo' })).toEqual([
      [third.employeeId, eur(100), share(0.5)],
    ]);
  });
});

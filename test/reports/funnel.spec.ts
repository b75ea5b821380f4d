import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { millisecondsBetween } from '../../libs/time.js';
import { property } from '../support/property.js';
import { deal, factsOf, pipeline, pipelineId, stages, ways } from './deals.js';
import type { Way } from './deals.js';
import { Reporting } from './reporting.js';
import { localDay, sellers, windows, within, zones } from './shop.js';

/** Five deals: won after coming back, lost, lost and reopened, going on, and one of the month after. */
const five: readonly Way[] = [
  {
    ...deal(0),
    steps: [
      { at: '2024-01-01T00:00:00.000Z', to: 'find' },
      { at: '2024-01-11T00:00:00.000Z', to: 'engage' },
      { at: '2024-01-13T00:00:00.000Z', to: 'find' },
      { at: '2024-01-23T00:00:00.000Z', to: 'engage' },
      { at: '2024-02-22T00:00:00.000Z', to: 'won' },
    ],
  },
  {
    ...deal(1),
    steps: [
      { at: '2024-01-02T00:00:00.000Z', to: 'find' },
      { at: '2024-01-12T00:00:00.000Z', to: 'engage' },
      { at: '2024-01-22T00:00:00.000Z', to: 'lost' },
    ],
  },
  {
    ...deal(2, { amount: 500, currency: 'USD' }),
    steps: [
      { at: '2024-01-03T00:00:00.000Z', to: 'find' },
      { at: '2024-01-13T00:00:00.000Z', to: 'lost' },
      { at: '2024-02-13T00:00:00.000Z', to: 'find' },
    ],
  },
  { ...deal(3, { amount: null }), steps: [{ at: '2024-01-31T23:30:00.000Z', to: 'find' }] },
  { ...deal(4), steps: [{ at: '2024-02-10T00:00:00.000Z', to: 'find' }] },
];

async function fiveDeals(zone?: string): Promise<Reporting> {
  const reporting = new Reporting(zone);
  await reporting.record(...pipeline(), ...five.flatMap(factsOf));
  return reporting;
}

describe('the funnel by cohort', () => {
  it('shows every stage in order, each deal once in each', async () => {
    const { rows, definition } = await (await fiveDeals()).report('funnel', { from: '2024-01-01', to: '2024-02-01' });
    expect(definition).toBe('stage-journey@3 stage-funnel@1 funnel-report@1');
    expect(rows.map(({ stageName }) => stageName)).toEqual(['Find', 'Engage', 'Offer', 'Won', 'Lost']);
    expect(rows[0]).toMatchObject({
      pipeline: pipelineId,
      pipelineName: 'Sales',
      stage: 'find',
      kind: 'open',
      entered: 4,
      reentered: 2,
      inNow: 2,
      movedOn: 2,
      movedBack: 0,
      won: 0,
      lost: 0,
      amountAtEntry: [
        {
          amount: 2e3,
          currency: 'EUR',
        },
        {
          amount: 500,
          currency: 'USD',
        },
      ],
      conversionToNext: 0.5,
      conversionFromFirst: 1,
    });
    expect(rows[1]).toMatchObject({
      stage: 'engage',
      entered: 2,
      reentered: 1,
      inNow: 0,
      movedOn: 1,
      movedBack: 1,
      won: 1,
      lost: 1,
      conversionToNext: 0.5,
      conversionFromFirst: 0.5,
    });
    expect(rows[2]).toMatchObject({ stage: 'offer', entered: 0, conversionToNext: null, conversionFromFirst: 0 });
    expect(rows[2]!['daysInStage']).toEqual({ count: 0, p50: null, p90: null });
    expect(rows[3]).toMatchObject({
      stage: 'won',
      entered: 1,
      inNow: 1,
      conversionToNext: null,
      conversionFromFirst: 0.25,
    });
    expect(rows[4]).toMatchObject({ stage: 'lost', entered: 2, inNow: 1 });
  });

  it('says how long they stayed, within five percent', async () => {
    const rows = await (await fiveDeals()).rows('funnel', { from: '2024-01-01', to: '2024-02-01' });
    const { count, p50, p90 } = rows[1]!['daysInStage'] as { count: number; p50: number; p90: number };
    expect(count).toBe(2);
    expect(p50 / 10).toBeCloseTo(1, 1);
    expect(p90 / 32).toBeCloseTo(1, 1);
  });

  it('keeps rows for a pipeline in which nothing happened, and knows no other', async () => {
    const reporting = new Reporting();
    await reporting.record();
    expect(await reporting.rows('funnel')).toEqual([]);
    await reporting.record(...pipeline());
    expect(await reporting.rows('funnel', { pipeline: pipelineId })).toMatchObject(
      stages.map(({ id }) => ({ stage: id, entered: 0, conversionFromFirst: null })),
    );
    await expect(reporting.rows('funnel', { pipeline: 'elsewhere' })).rejects.toMatchObject({
      code: 'pipeline-unknown',
    });
  });

  it('puts a stage that went out of use where it stood', async () => {
    const reporting = await fiveDeals();
    await reporting.record(
      ...pipeline(
        '2024-05-01T00:00:00.000Z',
        stages.filter(({ id }) => id !== 'engage'),
        2,
      ),
    );
    const rows = await reporting.rows('funnel');
    expect(rows.map(({ stage }) => stage)).toEqual(['find', 'engage', 'offer', 'won', 'lost']);
  });
});

describe('the funnel by activity', () => {
  it('counts what entered a stage in the window', async () => {
    const rows = await (await fiveDeals()).rows('funnel', { basis: 'activity', from: '2024-02-01', to: '2024-03-01' });
    expect(rows).toMatchObject([
      { stage: 'find', entered: 1, reentered: 1 },
      { stage: 'engage', entered: 0, reentered: 0, conversionFromFirst: 0 },
      { stage: 'offer', entered: 0 },
      { stage: 'won', entered: 1, conversionFromFirst: 1 },
      { stage: 'lost', entered: 0 },
    ]);
  });

  it('counts in the days of the zone', async () => {
    const rows = await (
      await fiveDeals('Europe/Berlin')
    ).rows('funnel', { basis: 'activity', from: '2024-02-01', to: '2024-02-02' });
    expect(rows[0]).toMatchObject({ stage: 'find', entered: 1 });
  });
});

describe('the funnel of any history', () => {
  it('is what going through the facts once more gives', async () => {
    await fc.assert(
      fc.asyncProperty(ways, windows, fc.constantFrom(...zones), async (deals, window, zone) => {
        const reporting = new Reporting(zone);
        await reporting.record(...pipeline(), ...deals.flatMap(factsOf));
        const chosen = deals.filter(({ steps }) => within(localDay(zone, steps[0]!.at), window));
        const rows = await reporting.rows('funnel', window);
        for (const row of rows) {
          const stays = chosen.flatMap(({ steps }) =>
            steps.flatMap(({ at, to }, index) =>
              to === row['stage'] ? [{ at, until: steps[index + 1]?.at, after: steps[index + 1]?.to }] : [],
            ),
          );
          const entered = chosen.filter(({ steps }) => steps.some(({ to }) => to === row['stage'])).length;
          expect(row).toMatchObject({
            entered,
            reentered: stays.length - entered,
            inNow: chosen.filter(({ steps }) => steps.at(-1)!.to === row['stage']).length,
            won: chosen.filter(({ steps }) => steps.at(-1)!.to === 'won' && steps.at(-2)?.to === row['stage']).length,
            lost: chosen.filter(({ steps }) => steps.at(-1)!.to === 'lost' && steps.at(-2)?.to === row['stage']).length,
            conversionFromFirst: chosen.length === 0 ? null : entered / chosen.length,
          });
        }
        const byOwner = await reporting.rows('funnel', { ...window, by: ['owner'] });
        for (const { stage, entered } of rows) {
          const parts = byOwner.filter((row) => row['stage'] === stage).map((row) => Number(row['entered']));
          expect(parts.reduce((sum, part) => sum + part, 0)).toBe(entered);
        }
      }),
      property(25),
    );
  }, 60_000);

  it('ranks the times in a stage within five percent', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1_000, max: 500_000_000 }), { minLength: 1, maxLength: 40 }),
        async (stays) => {
          const reporting = new Reporting();
          const start = '2023-06-01T00:00:00.000Z';
          const after = (milliseconds: number) => new Date(Date.parse(start) + milliseconds).toISOString();
          const deals = stays.map((stay, index): Way => ({
            ...deal(index, { owner: sellers[0]! }),
            steps: [
              { at: start, to: 'find' },
              { at: after(stay), to: 'engage' },
            ],
          }));
          await reporting.record(...pipeline(), ...deals.flatMap(factsOf));
          const [find] = await reporting.rows('funnel');
          const sorted = deals
            .map(({ steps }) => millisecondsBetween(steps[0]!.at, steps[1]!.at))
            .sort((a, b) => a - b);
          const { p50, p90, count } = find!['daysInStage'] as { count: number; p50: number; p90: number };
          expect(count).toBe(stays.length);
          for (const [share, days] of [
            [0.5, p50],
            [0.9, p90],
          ] as const) {
            const exact = sorted[Math.ceil(share * sorted.length) - 1]! / 86_400_000;
            expect(Math.abs(days - exact) / exact).toBeLessThan(0.05);
          }
        },
      ),
      property(15),
    );
  }, 60_000);
});

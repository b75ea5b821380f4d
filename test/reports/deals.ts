import fc from 'fast-check';
import type { Owner } from '../../libs/customers/events.js';
import type { OpportunityEvents, PipelineEvents, Stage, StageKind } from '../../libs/opportunities/events.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import type { Fact } from './reporting.js';
import { sellers } from './shop.js';

/** A pipeline and what happens to opportunities in it. */
export const pipelineId = 'sales';
export const dealOf = (index: number): string => `01970000-0000-7000-8000-0000000d${String(1_000 + index)}`;

const stage = (id: string, name: string, kind: StageKind = 'open'): Stage => ({
  id,
  name,
  kind,
  probability: kind === 'won' ? 100 : kind === 'open' ? 50 : 0,
  forecastCategory: 'pipeline',
  entryGate: [],
  exitGate: [],
  maxDays: null,
  allowSkip: true,
  allowBack: true,
  allowWin: true,
});

export const stages: readonly Stage[] = [
  stage('find', 'Find'),
  stage('engage', 'Engage'),
  stage('offer', 'Offer'),
  stage('won', 'Won', 'won'),
  stage('lost', 'Lost', 'lost'),
];
export const openStages = ['find', 'engage', 'offer'] as const;

type Either = EventOf<OpportunityEvents> | EventOf<PipelineEvents>;

const fact = (stream: string, { type, data }: Either, at: string): Fact => ({ stream, type, data, at });

export const pipeline = (
  at = '2023-01-01T00:00:00.000Z',
  published: readonly Stage[] = stages,
  version = 1,
): Fact[] => [
  ...(version === 1
    ? [fact(`pipeline-${pipelineId}`, { type: 'PipelineDrafted', data: { pipelineId, name: 'Sales' } }, at)]
    : []),
  fact(
    `pipeline-${pipelineId}`,
    { type: 'PipelinePublished', data: { pipelineId, name: 'Sales', version, stages: published } },
    at,
  ),
];

export interface Deal {
  readonly opportunityId: string;
  readonly owner: Owner;
  readonly amount: number | null;
  readonly currency: string;
  readonly product: string;
  readonly sector: string;
}

/** A deal that takes this way: moments and what happened in them, the first of them being the registration. */
export interface Way extends Deal {
  readonly steps: readonly { readonly at: string; readonly to: string }[];
}

const credit = ({ employeeId, orgUnitId, managerId }: Owner) => ({ employeeId, orgUnitId, managerId });

export function factsOf({ opportunityId, owner, amount, currency, product, sector, steps }: Way): Fact[] {
  const stream = `opportunity-${opportunityId}`;
  const about = { opportunityId, customerId: null };
  const money = amount === null ? null : { amount, currency };
  const [first, ...rest] = steps;
  const facts = [
    fact(
      stream,
      {
        type: 'OpportunityRegistered',
        data: {
          ...about,
          name: 'A deal',
          pipelineId,
          pipelineVersion: 1,
          stageId: 'find',
          probability: 50,
          forecastCategory: 'pipeline',
          source: 'website',
          product,
          grade: null,
          amount: money,
          expectedCloseOn: null,
          nextStep: null,
          owner,
          customer: {
            tier: 'ordinary',
            sector,
            region: null,
          },
        },
      },
      first!.at,
    ),
  ];
  let [from, enteredPrevAt] = ['find', first!.at];
  for (const { at, to } of rest) {
    const closing = { ...about, enteredPrevAt, credit: credit(owner), toStage: to, gateResults: [] };
    if (to === 'won') {
      const data = { ...closing, fromStage: from, amount: { amount: amount ?? 1, currency }, product };
      facts.push(fact(stream, { type: 'OpportunityWon', data }, at));
    } else if (to === 'lost') {
      const data = {
        ...closing,
        lostFromStage: from,
        reason: 'price' as const,
        competitor: null,
        note: null,
        amount: money,
      };
      facts.push(fact(stream, { type: 'OpportunityLost', data }, at));
    } else if (from === 'won' || from === 'lost') {
      const data = { ...about, was: from as 'won' | 'lost', fromStage: from, toStage: to, reason: 'too early' };
      const state = { amount: money, expectedCloseOn: null, probability: 50, forecastCategory: 'pipeline' as const };
      facts.push(fact(stream, { type: 'OpportunityReopened', data: { ...data, ...state } }, at));
    } else {
      const direction = openStages.indexOf(to as 'find') > openStages.indexOf(from as 'find') ? 'forward' : 'back';
      const data = { ...about, from, to, direction, enteredPrevAt, gateResults: [], amount: money } as const;
      const state = { expectedCloseOn: null, probability: 50, forecastCategory: 'pipeline' as const };
      facts.push(fact(stream, { type: 'OpportunityStageChanged', data: { ...data, ...state } }, at));
    }
    [from, enteredPrevAt] = [to, at];
  }
  return facts;
}

export const deal = (index: number, over: Partial<Deal> = {}): Deal => ({
  opportunityId: dealOf(index),
  owner: sellers[index % 2]!,
  amount: 1e3,
  currency: 'EUR',
  product: 'GTX',
  sector: 'retail',
  ...over,
});

/** Where a deal can go from a stage; a closed one can be reopened. */
const next = (from: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    ...['find', 'engage', 'offer', ...(from === 'won' || from === 'lost' ? [] : ['won', 'lost'])].filter(
      (to) => to !== from,
    ),
  );

const way = (index: number): fc.Arbitrary<Way> =>
  fc
    .record({
      owner: fc.constantFrom(...sellers),
      amount: fc.option(
        fc.integer({ min: 1, max: 9 }).map((hundreds) => hundreds * 100),
        { freq: 4 },
      ),
      currency: fc.constantFrom('EUR', 'EUR', 'USD'),
      product: fc.constantFrom('GTX', 'MG'),
      sector: fc.constantFrom('retail', 'medical'),
      start: fc.integer({ min: 0, max: 180 * 24 * 60 }),
      waits: fc.array(fc.tuple(fc.integer({ min: 1, max: 60 * 24 * 60 }), fc.nat()), { maxLength: 6 }),
    })
    .chain(({ start, waits, ...about }) => {
      const at = (minutes: number) => new Date(Date.UTC(2023, 9, 1, 0, minutes)).toISOString();
      let minutes = start;
      const grow = (steps: Way['steps'], left: typeof waits): fc.Arbitrary<Way['steps']> => {
        const [wait, ...rest] = left;
        if (!wait) return fc.constant(steps);
        minutes += wait[0];
        const moment = at(minutes);
        return next(steps.at(-1)!.to).chain((to) => grow([...steps, { at: moment, to }], rest));
      };
      return grow([{ at: at(start), to: 'find' }], waits).map((steps) => ({
        ...about,
        opportunityId: dealOf(index),
        steps,
      }));
    });

export const ways: fc.Arbitrary<Way[]> = fc
  .integer({ min: 0, max: 12 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => way(index))));

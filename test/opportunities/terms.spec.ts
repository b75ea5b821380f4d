import { describe, it } from '@jest/globals';
import {
  ChangeOpportunityAmount,
  ChangeOpportunityCloseDate,
  ChangeOpportunityDetails,
  ChangeOpportunityForecastCategory,
  GradeOpportunity,
  OverrideOpportunityProbability,
  QualifyOpportunity,
} from '../../libs/opportunities/commands.js';
import type { ForecastCategory } from '../../libs/opportunities/events.js';
import {
  overrideOpportunityProbability,
  changeOpportunityForecastCategory,
} from '../../libs/opportunities/opportunity-stages.rules.js';
import * as rules from '../../libs/opportunities/opportunity-terms.rules.js';
import { opportunity } from '../../libs/opportunities/opportunity.decider.js';
import { opportunityBoard } from '../../projections/opportunity-board.js';
import { opportunityDetail } from '../../projections/opportunity-detail.js';
import { stageJourney } from '../../projections/stage-journey.js';
import { given } from '../support/given.js';
import { customerId, eur, moved, now, opportunityId, registered, wasLost } from './samples.js';
import type { OpportunityEvent } from './samples.js';

const about = { opportunityId, customerId };

describe('changing the amount', () => {
  const changing = (amount: { amount: number; currency: string }, ...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      rules.changeOpportunityAmount(state, new ChangeOpportunityAmount(opportunityId, { amount })),
    );

  it('records what it was and what it is', () => {
    changing(eur(20_001), registered())
      .thenRecords({ type: 'OpportunityAmountChanged', data: { ...about, from: eur(10_000), to: eur(20_001) } })
      .thenReads(opportunityBoard, opportunityId, { amount: eur(20_001), weightedAmount: 2_000 })
      .thenReads(opportunityDetail, opportunityId, { amount: eur(20_001), weightedAmount: 2_000 })
      .thenReads(stageJourney, opportunityId, { amount: eur(20_001) });
  });

  it('can be nothing', () => {
    changing(eur(0), registered()).thenReads(opportunityBoard, opportunityId, { amount: eur(0) });
  });

  it('records nothing when it is that', () => {
    changing(eur(10_000), registered()).thenRecords();
  });

  it.each([eur(-1), eur(1.5), eur(Number.NaN), { amount: 1, currency: 'EURO' }])('refuses %p', (amount) => {
    changing(amount, registered()).thenRefuses('amount-invalid');
  });

  it('takes another currency while it is in its first stage', () => {
    const usd = { amount: 5, currency: 'USD' };
    changing(usd, registered()).thenReads(opportunityBoard, opportunityId, { amount: usd });
  });

  it('refuses another currency once it has moved', () => {
    changing({ amount: 5, currency: 'USD' }, registered(), moved('identify', 'follow-up')).thenRefuses(
      'currency-fixed',
    );
  });

  it('takes a first amount at any time', () => {
    const bare = [registered({ amount: null }), moved('identify', 'follow-up', { amount: null })];
    changing(eur(5), ...bare).thenReads(opportunityBoard, opportunityId, { amount: eur(5) });
  });

  it('refuses what has ended', () => changing(eur(1), registered(), wasLost()).thenRefuses('opportunity-closed'));
});

describe('changing the day it is expected to close', () => {
  const pushed = (from: string | null, to: string, pushCount: number): OpportunityEvent => ({
    type: 'OpportunityCloseDateChanged',
    data: { ...about, from, to, pushCount },
  });
  const changing = (expectedCloseOn: string, ...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      rules.changeOpportunityCloseDate(state, new ChangeOpportunityCloseDate(opportunityId, { expectedCloseOn }), now),
    );

  it('counts how often it was put off', () => {
    changing('2026-05-31', registered(), pushed('2026-03-31', '2026-04-30', 1))
      .thenRecords(pushed('2026-04-30', '2026-05-31', 2))
      .thenReads(opportunityDetail, opportunityId, { expectedCloseOn: '2026-05-31', pushCount: 2 });
  });

  it('does not count an earlier day, nor the first one', () => {
    changing('2026-02-28', registered()).thenRecords(pushed('2026-03-31', '2026-02-28', 0));
    changing('2026-02-28', registered({ expectedCloseOn: null })).thenRecords(pushed(null, '2026-02-28', 0));
  });

  it('lets a day in the past through', () => {
    changing('2025-12-31', registered()).thenReads(opportunityBoard, opportunityId, { expectedCloseOn: '2025-12-31' });
  });

  it('records nothing when it is that day', () => {
    changing('2026-03-31', registered()).thenRecords();
  });

  it.each(['1970-01-01', '2037-01-01', '2026-02-30', '', '2026-3-1'])('refuses %p', (day) => {
    changing(day, registered()).thenRefuses('close-date-out-of-range');
  });
});

describe('changing details', () => {
  const changing = (details: ChangeOpportunityDetails['details'], ...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      rules.changeOpportunityDetails(state, new ChangeOpportunityDetails(opportunityId, details)),
    );

  it('records one event with everything that changed, old and new', () => {
    changing({ name: 'New scales', product: 'scales', source: 'referral', nextStep: 'send an offer' }, registered())
      .thenRecords({
        type: 'OpportunityDetailsChanged',
        data: {
          ...about,
          changes: [
            { field: 'name', from: 'New tills', to: 'New scales' },
            { field: 'product', from: 'tills', to: 'scales' },
            { field: 'nextStep', from: null, to: 'send an offer' },
          ],
        },
      })
      .thenReads(opportunityBoard, opportunityId, { name: 'New scales', product: 'scales', nextStep: 'send an offer' })
      .thenReads(opportunityDetail, opportunityId, { name: 'New scales', product: 'scales' })
      .thenReads(stageJourney, opportunityId, { product: 'scales', source: 'referral' });
  });

  it('records nothing when nothing differs', () => {
    changing({ name: 'New tills', product: undefined }, registered()).thenRecords();
  });
});

describe('qualifying and grading', () => {
  const qualifying = (...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      rules.qualifyOpportunity(state, new QualifyOpportunity(opportunityId, { note: 'budget approved' })),
    );
  const grading = (grade: 'A' | 'B', ...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      rules.gradeOpportunity(state, new GradeOpportunity(opportunityId, { grade })),
    );
  const qualified: OpportunityEvent = { type: 'OpportunityQualified', data: { ...about, note: 'budget approved' } };

  it('says that there is a real chance, once', () => {
    qualifying(registered())
      .thenRecords(qualified)
      .thenReads(opportunityDetail, opportunityId, {
        qualified: { at: '2026-01-01T00:00:00.000Z', by: 'Tester', note: 'budget approved' },
      });
    qualifying(registered(), qualified).thenRecords();
  });

  it('says how good the chance is', () => {
    grading('B', registered({ grade: 'A' }))
      .thenRecords({ type: 'OpportunityGraded', data: { ...about, from: 'A', to: 'B', reason: null } })
      .thenReads(opportunityBoard, opportunityId, { grade: 'B' });
    grading('A', registered({ grade: 'A' })).thenRecords();
  });

  it('refuses what has ended', () => {
    qualifying(registered(), wasLost()).thenRefuses('opportunity-closed');
    grading('A', registered(), wasLost()).thenRefuses('opportunity-closed');
  });
});

describe('forecasting', () => {
  const overriding = (probability: number, ...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      overrideOpportunityProbability(
        state,
        new OverrideOpportunityProbability(opportunityId, { probability, reason: 'they said so' }),
      ),
    );
  const categorising = (forecastCategory: ForecastCategory, ...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      changeOpportunityForecastCategory(
        state,
        new ChangeOpportunityForecastCategory(opportunityId, { forecastCategory }),
        now,
      ),
    );
  const overridden: OpportunityEvent = {
    type: 'OpportunityProbabilityOverridden',
    data: { ...about, from: 10, to: 45, reason: 'they said so' },
  };

  it('weighs by another probability, until it changes the stage', () => {
    overriding(45, registered())
      .thenRecords(overridden)
      .thenReads(opportunityBoard, opportunityId, { probability: 45, weightedAmount: 4_500 })
      .thenReads(stageJourney, opportunityId, { probability: 45 });
    overriding(45, registered(), overridden, moved('identify', 'follow-up')).thenRecords({
      type: 'OpportunityProbabilityOverridden',
      data: { ...about, from: 30, to: 45, reason: 'they said so' },
    });
  });

  it('records nothing when it is that', () => {
    overriding(10, registered()).thenRecords();
    categorising('pipeline', registered()).thenRecords();
  });

  it.each([0, 100, 101, -1, 50.5])('refuses a probability of %d while it is open', (probability) => {
    overriding(probability, registered()).thenRefuses('probability-out-of-range');
  });

  it('forecasts in another category', () => {
    categorising('commit', registered())
      .thenRecords({ type: 'OpportunityForecastCategoryChanged', data: { ...about, from: 'pipeline', to: 'commit' } })
      .thenReads(opportunityBoard, opportunityId, { forecastCategory: 'commit' });
  });

  it.each<[ForecastCategory, string | null]>([
    ['closed', '2026-03-31'],
    ['commit', '2026-01-01'],
    ['commit', null],
  ])('refuses %s with %p as the day', (category, expectedCloseOn) => {
    categorising(category, registered({ expectedCloseOn })).thenRefuses('forecast-category-inconsistent');
  });
});

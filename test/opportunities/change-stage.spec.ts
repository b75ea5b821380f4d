import { describe, it } from '@jest/globals';
import { ChangeOpportunityStage } from '../../libs/opportunities/commands.js';
import type { StageFacts } from '../../libs/opportunities/opportunity-gates.rules.js';
import { changeOpportunityStage } from '../../libs/opportunities/opportunity-stages.rules.js';
import { opportunity } from '../../libs/opportunities/opportunity.decider.js';
import { opportunityBoard } from '../../projections/opportunity-board.js';
import { given } from '../support/given.js';
import * as samples from './samples.js';
import {
  facts,
  followUp,
  identify,
  moved,
  now,
  opportunityId,
  registered,
  wasLost,
  wasVoided,
  wasWon,
  withStage,
} from './samples.js';
import type { OpportunityEvent } from './samples.js';

const moving = (to: string, of: Partial<StageFacts> = {}, ...before: OpportunityEvent[]) =>
  given(opportunity, ...before).when((state) =>
    changeOpportunityStage(state, new ChangeOpportunityStage(opportunityId, { stageId: to }), now, facts(of)),
  );

describe('changing the stage', () => {
  it('goes forward, with amount, close date and probability of that moment', () => {
    moving('follow-up', {}, registered())
      .thenRecords(moved('identify', 'follow-up'))
      .thenReads(opportunityBoard, opportunityId, { stageId: 'follow-up', probability: 30, weightedAmount: 3_000 });
  });

  it('skips stages that may be skipped, and says so', () => {
    moving('negotiate', {}, registered()).thenRecords(
      moved('identify', 'negotiate', { direction: 'skip', probability: 60, forecastCategory: 'commit' }),
    );
  });

  it('refuses to skip a stage that may not be skipped', () => {
    const stages = withStage({ ...followUp, allowSkip: false });
    moving('negotiate', { stages }, registered()).thenRefuses('stage-skip-forbidden', { stageIds: ['follow-up'] });
  });

  it('goes back where that is allowed, and asks no gate', () => {
    const stages = withStage({ ...identify, entryGate: ['grade'] });
    moving('identify', { stages }, registered(), moved('identify', 'follow-up')).thenRecords(
      moved('follow-up', 'identify', { direction: 'back', probability: 10 }),
    );
  });

  it('refuses to go back where that is not allowed', () => {
    const stages = withStage({ ...followUp, allowBack: false });
    moving('identify', { stages }, registered(), moved('identify', 'follow-up')).thenRefuses('stage-back-forbidden');
  });

  it('refuses the stage it is in', () => moving('identify', {}, registered()).thenRefuses('stage-unchanged'));

  it('refuses a stage of another pipeline', () => {
    moving('demo', {}, registered()).thenRefuses('stage-unknown', {
      candidates: ['identify', 'follow-up', 'negotiate', 'won', 'lost', 'void'],
    });
  });

  it('refuses a stage that only a later version of its pipeline has', () => {
    moving('negotiate', { stages: [identify, followUp, samples.won, samples.lost] }, registered()).thenRefuses(
      'stage-unknown',
    );
  });

  it.each(['won', 'lost', 'void'])('refuses to be moved to %s, which it comes to by being closed', (to) => {
    moving(to, {}, registered()).thenRefuses('stage-closing');
  });

  it.each([
    ['won', wasWon()],
    ['lost', wasLost()],
    ['void', wasVoided()],
  ])('refuses to move what is %s', (status, ended) => {
    moving('follow-up', {}, registered(), ended).thenRefuses('opportunity-closed', { state: status });
  });

  it('refuses an opportunity nobody registered', () => moving('follow-up').thenRefuses('opportunity-unknown'));

  it('refuses to leave a stage before it came into it', () => {
    const later = { ...moved('identify', 'follow-up'), occurredAt: '2026-01-02T09:05:00.001Z' };
    moving('negotiate', {}, registered(), later).thenRefuses('before-stage-entered');
  });

  it('lets the clocks of two machines differ a little', () => {
    const later = { ...moved('identify', 'follow-up'), occurredAt: '2026-01-02T09:05:00.000Z' };
    moving('negotiate', {}, registered(), later).thenRecords(
      moved('follow-up', 'negotiate', {
        enteredPrevAt: '2026-01-02T09:05:00.000Z',
        probability: 60,
        forecastCategory: 'commit',
      }),
    );
  });
});

import { describe, it } from '@jest/globals';
import { LoseOpportunity, VoidOpportunity } from '../../libs/opportunities/commands.js';
import type { OpportunityLossReason } from '../../libs/opportunities/events.js';
import * as rules from '../../libs/opportunities/opportunity-closing.rules.js';
import type { ClosingFacts } from '../../libs/opportunities/opportunity-closing.rules.js';
import { opportunity } from '../../libs/opportunities/opportunity.decider.js';
import { opportunityBoard } from '../../projections/opportunity-board.js';
import { opportunityDetail } from '../../projections/opportunity-detail.js';
import { given } from '../support/given.js';
import * as samples from './samples.js';
import {
  credit,
  customerId,
  eur,
  facts,
  identify,
  moved,
  now,
  opportunityId,
  owner,
  registered,
  stage,
  stages,
  wasLost,
  wasVoided,
  wasWon,
  withStage,
} from './samples.js';
import type { OpportunityEvent } from './samples.js';

const past = '2026-01-01T00:00:00.000Z';
const closed = { opportunityId, customerId, enteredPrevAt: past, credit };
const knowing = (change: Partial<ClosingFacts> = {}): ClosingFacts => ({ ...facts(), owner, ...change });

describe('losing an opportunity', () => {
  const losing = (
    details: { reason: OpportunityLossReason; note?: string; competitor?: string; stageId?: string },
    of: Partial<ClosingFacts> = {},
    ...before: OpportunityEvent[]
  ) =>
    given(opportunity, ...before).when((state) =>
      rules.loseOpportunity(state, new LoseOpportunity(opportunityId, details), now, knowing(of)),
    );

  it('keeps the stage it was lost from, the reason and the competitor', () => {
    losing(
      { reason: 'competitor', competitor: 'the shop next door', note: 'faster' },
      {},
      registered(),
      moved('identify', 'follow-up'),
    )
      .thenRecords({
        type: 'OpportunityLost',
        data: {
          ...closed,
          lostFromStage: 'follow-up',
          toStage: 'lost',
          gateResults: [],
          reason: 'competitor',
          competitor: 'the shop next door',
          note: 'faster',
          amount: eur(1e4),
        },
      })
      .thenReads(opportunityBoard, opportunityId, {
        status: 'lost',
        stageId: 'lost',
        probability: 0,
        weightedAmount: 0,
        forecastCategory: 'omitted',
      });
  });

  it('needs neither amount nor customer nor a gate of the stage it leaves', () => {
    const gated = withStage({ ...identify, exitGate: ['grade'] });
    losing(
      { reason: 'price' },
      { stages: gated, customer: undefined },
      registered({ customerId: null, amount: null }),
    ).thenReads(opportunityBoard, opportunityId, { status: 'lost' });
  });

  it('goes to the lost stage that is named', () => {
    const second = stage('lost-early', { kind: 'lost', probability: 0, forecastCategory: 'omitted' });
    losing({ reason: 'price', stageId: 'lost-early' }, { stages: [...stages, second] }, registered()).thenReads(
      opportunityBoard,
      opportunityId,
      { stageId: 'lost-early' },
    );
  });

  it('refuses a stage that is not for what is lost', () => {
    losing({ reason: 'price', stageId: 'won' }, {}, registered()).thenRefuses('stage-unknown', {
      candidates: ['lost'],
    });
  });

  it('asks the entry gate of the lost stage', () => {
    const gated = withStage({ ...samples.lost, entryGate: ['qualified'] });
    losing({ reason: 'price' }, { stages: gated }, registered()).thenRefuses('gate-unmet');
  });

  it.each([undefined, '  '])('refuses another reason than those on the list without a note', (note) => {
    losing({ reason: 'other', ...(note !== undefined && { note }) }, {}, registered()).thenRefuses('loss-note-missing');
  });

  it('refuses a reason that is not on the list', () => {
    losing({ reason: 'bad weather' as OpportunityLossReason }, {}, registered()).thenRefuses('loss-reason-unknown');
  });

  it('refuses what has ended', () =>
    losing({ reason: 'price' }, {}, registered(), wasWon()).thenRefuses('opportunity-closed'));
});

describe('voiding an opportunity', () => {
  const voiding = (of: Partial<ClosingFacts> = {}, ...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      rules.voidOpportunity(
        state,
        new VoidOpportunity(opportunityId, { reason: 'registered twice' }),
        now,
        knowing(of),
      ),
    );

  it('is neither won nor lost', () => {
    voiding({}, registered())
      .thenRecords(wasVoided())
      .thenReads(opportunityBoard, opportunityId, { status: 'void', stageId: 'void', weightedAmount: 0 });
  });

  it('stays where it was in a pipeline without a stage for it', () => {
    voiding({ stages: [identify, samples.won, samples.lost] }, registered())
      .thenRecords(wasVoided('identify', null))
      .thenReads(opportunityBoard, opportunityId, { status: 'void', stageId: 'identify' })
      .thenReads(opportunityDetail, opportunityId, { status: 'void', stageId: 'identify' });
  });

  it('refuses what has ended', () => voiding({}, registered(), wasLost()).thenRefuses('opportunity-closed'));
});

import { describe, it } from '@jest/globals';
import { ReopenOpportunity, WinOpportunity } from '../../libs/opportunities/commands.js';
import * as rules from '../../libs/opportunities/opportunity-closing.rules.js';
import type { ClosingFacts } from '../../libs/opportunities/opportunity-closing.rules.js';
import { opportunity } from '../../libs/opportunities/opportunity.decider.js';
import { opportunityBoard } from '../../projections/opportunity-board.js';
import { opportunityDetail } from '../../projections/opportunity-detail.js';
import { stageJourney } from '../../projections/stage-journey.js';
import { given } from '../support/given.js';
import {
  credit,
  customerId,
  eur,
  facts,
  moved,
  negotiate,
  now,
  opportunityId,
  owner,
  registered,
  reopened,
  wasLost,
  wasVoided,
  wasWon,
} from './samples.js';
import type { OpportunityEvent } from './samples.js';

const past = '2026-01-01T00:00:00.000Z';

const knowing = (change: Partial<ClosingFacts> = {}): ClosingFacts => ({ ...facts(), owner, ...change });

describe('reopening an opportunity', () => {
  const reopening = (stageId: string | null, ...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      rules.reopenOpportunity(
        state,
        new ReopenOpportunity(opportunityId, { reason: 'they called back', stageId }),
        now,
        facts(),
      ),
    );

  it('goes on where it was closed from; the first closing stays in the history', () => {
    reopening(null, registered(), wasLost())
      .thenRecords(reopened('lost', 'identify'))
      .thenReads(opportunityBoard, opportunityId, { status: 'open', stageId: 'identify', closedAt: null })
      .thenReads(opportunityDetail, opportunityId, {
        closings: [
          {
            as: 'lost',
            at: past,
            amount: eur(1e4),
            reason: 'price',
            competitor: null,
            note: null,
            credit,
            reopened: {
              at: past,
              reason: 'they called back',
            },
          },
        ],
      });
  });

  it('keeps the time in its stages', () => {
    const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
    const before: OpportunityEvent[] = [
      { ...registered(), occurredAt: at(1) },
      { ...wasLost(), occurredAt: at(3) },
    ];
    given(opportunity, ...before)
      .when(() => [{ ...reopened('lost', 'identify'), occurredAt: at(5) }])
      .thenReads(stageJourney, opportunityId, {
        status: 'open',
        closedAt: null,
        credit: null,
        visits: [
          {
            stageId: 'identify',
            enteredAt: at(1),
            leftAt: at(3),
            left: 'lost',
            amountAtEntry: eur(1e4),
            ownerAtEntry: credit,
          },
          {
            stageId: 'lost',
            enteredAt: at(3),
            leftAt: at(5),
            left: 'reopened',
            amountAtEntry: eur(1e4),
            ownerAtEntry: credit,
          },
          {
            stageId: 'identify',
            enteredAt: at(5),
            leftAt: null,
            left: null,
            amountAtEntry: eur(1e4),
            ownerAtEntry: credit,
          },
        ],
      });
  });

  it('can go on in an earlier stage', () => {
    reopening(
      'identify',
      registered(),
      moved('identify', 'negotiate', { direction: 'skip' }),
      wasLost('negotiate'),
    ).thenRecords(reopened('lost', 'identify'));
  });

  it('goes on with what was won, at the amount it was won at', () => {
    reopening(null, registered(), wasWon('identify', 9_000)).thenRecords({
      type: 'OpportunityReopened',
      data: {
        opportunityId,
        customerId,
        was: 'won',
        fromStage: 'won',
        toStage: 'identify',
        reason: 'they called back',
        amount: eur(9e3),
        expectedCloseOn: '2026-03-31',
        probability: 10,
        forecastCategory: 'pipeline',
      },
    });
  });

  it('goes on where it stayed when it was voided without a stage for it', () => {
    reopening(null, registered(), wasVoided('identify', null)).thenRecords(reopened('identify', 'identify', 'void'));
  });

  it('can be closed again', () => {
    given(opportunity, registered(), wasLost(), reopened('lost', 'identify'))
      .when((state) => rules.winOpportunity(state, new WinOpportunity(opportunityId, {}), now, knowing()))
      .thenReads(opportunityBoard, opportunityId, { status: 'won' });
  });

  it('refuses to go on beyond the stage it was closed from', () => {
    reopening(negotiate.id, registered(), wasLost()).thenRefuses('stage-skip-forbidden');
  });

  it('refuses to go on in a stage for what has ended', () =>
    reopening('won', registered(), wasLost()).thenRefuses('stage-closing'));

  it('refuses a stage that is not there', () =>
    reopening('demo', registered(), wasLost()).thenRefuses('stage-unknown'));

  it('refuses what is open', () => reopening(null, registered()).thenRefuses('opportunity-open'));

  it('refuses an opportunity nobody registered', () => reopening(null).thenRefuses('opportunity-unknown'));
});

import { describe, it } from '@jest/globals';
import {
  LoseOpportunity,
  ReopenOpportunity,
  VoidOpportunity,
  WinOpportunity,
} from '../../libs/opportunities/commands.js';
import type { OpportunityLossReason } from '../../libs/opportunities/events.js';
import * as rules from '../../libs/opportunities/opportunity-closing.decider.js';
import type { ClosingFacts } from '../../libs/opportunities/opportunity-closing.decider.js';
import { opportunity } from '../../libs/opportunities/opportunity.decider.js';
import { opportunityBoard } from '../../projections/opportunity-board.js';
import { opportunityDetail } from '../../projections/opportunity-detail.js';
import { stageJourney } from '../../projections/stage-journey.js';
import { given } from '../support/given.js';
import * as samples from './samples.js';
import {
  credit,
  customer,
  customerId,
  eur,
  facts,
  identify,
  moved,
  negotiate,
  now,
  opportunityId,
  owner,
  registered,
  reopened,
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
const amountMet = { gate: 'entry', stageId: 'won', requirement: 'amount', result: 'met' } as const;
const knowing = (change: Partial<ClosingFacts> = {}): ClosingFacts => ({ ...facts(), owner, ...change });

describe('winning an opportunity', () => {
  const winning = (
    amount: ReturnType<typeof eur> | null,
    of: Partial<ClosingFacts> = {},
    ...before: OpportunityEvent[]
  ) =>
    given(opportunity, ...before).when((state) =>
      rules.winOpportunity(state, new WinOpportunity(opportunityId, { amount }), now, knowing(of)),
    );
  const wonAt = (amount: number, change: object = {}): OpportunityEvent => ({
    type: 'OpportunityWon',
    data: {
      ...{
        ...closed,
        fromStage: 'identify',
        toStage: 'won',
        gateResults: [amountMet],
        amount: eur(amount),
        product: 'tills',
      },
      ...change,
    },
  });

  it('gives the credit to the owner, at the amount it has', () => {
    winning(null, {}, registered()).thenRecords(wonAt(10_000)).thenReads(opportunityBoard, opportunityId, {
      status: 'won',
      stageId: 'won',
      probability: 100,
      weightedAmount: 10_000,
    });
  });

  it('takes another amount on the day', () => {
    winning(eur(9_000), {}, registered())
      .thenRecords(wonAt(9_000))
      .thenReads(opportunityDetail, opportunityId, { amount: eur(9_000), status: 'won' });
  });

  it('credits the owner as they sit in the structure now', () => {
    const elsewhere = { ...credit, orgUnitId: 'another unit', managerId: null };
    winning(null, { owner: elsewhere }, registered()).thenRecords(wonAt(10_000, { credit: elsewhere }));
  });

  it('credits an owner nobody knows any more as they sat there last', () => {
    winning(null, { owner: undefined }, registered()).thenRecords(wonAt(10_000));
  });

  it('works without customer where no gate asks for one', () => {
    winning(null, { customer: undefined }, registered({ customerId: null, customer: null })).thenRecords(
      wonAt(10_000, { customerId: null }),
    );
  });

  it('refuses a stage that forbids it', () => {
    const forbidding = withStage({ ...identify, allowWin: false });
    winning(null, { stages: forbidding }, registered()).thenRefuses('stage-win-forbidden', { stageId: 'identify' });
  });

  it('names everything the gates miss at once, the amount always among it', () => {
    const gated = withStage({ ...samples.won, entryGate: ['primaryContact', 'activeCustomer'] }).map((each) =>
      each.id === 'identify' ? { ...each, exitGate: ['grade'] as const } : each,
    );
    const prospect = customer({ status: 'prospect', contacts: [] });
    winning(null, { stages: gated, customer: prospect }, registered({ amount: null })).thenRefuses('gate-unmet', {
      unmet: [
        { gate: 'exit', stageId: 'identify', requirement: 'grade' },
        { gate: 'entry', stageId: 'won', requirement: 'amount' },
        { gate: 'entry', stageId: 'won', requirement: 'primaryContact' },
        { gate: 'entry', stageId: 'won', requirement: 'activeCustomer' },
      ],
    });
  });

  it('refuses to be won at nothing, whoever allows it', () => {
    const override: OpportunityEvent = {
      type: 'OpportunityGateOverridden',
      data: { opportunityId, customerId, toStage: 'won', requirements: ['amount'], reason: 'a present' },
    };
    winning(eur(0), {}, registered(), override).thenRefuses('gate-unmet');
  });

  it('refuses an amount that is none', () => winning(eur(-5), {}, registered()).thenRefuses('amount-invalid'));

  it('refuses another currency once it has moved', () => {
    winning({ amount: 5, currency: 'USD' }, {}, registered(), moved('identify', 'follow-up')).thenRefuses(
      'currency-fixed',
    );
  });

  it.each(['lost', 'archived'] as const)('refuses a customer who is %s', (status) => {
    winning(null, { customer: customer({ status }) }, registered()).thenRefuses('customer-inactive', { status });
  });

  it.each([wasWon(), wasLost(), wasVoided()])('refuses what has ended: $type', (ended) => {
    winning(null, {}, registered(), ended).thenRefuses('opportunity-closed');
  });

  it('refuses an opportunity nobody registered', () => winning(null).thenRefuses('opportunity-unknown'));
});

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
          ...{ ...closed, lostFromStage: 'follow-up', toStage: 'lost', gateResults: [], reason: 'competitor' },
          ...{ competitor: 'the shop next door', note: 'faster', amount: eur(10_000) },
        },
      })
      .thenReads(opportunityBoard, opportunityId, {
        ...{ status: 'lost', stageId: 'lost', probability: 0, weightedAmount: 0, forecastCategory: 'omitted' },
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
            ...{ as: 'lost', at: past, amount: eur(10_000), reason: 'price', competitor: null, note: null, credit },
            reopened: { at: past, reason: 'they called back' },
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
        ...{ status: 'open', closedAt: null, credit: null },
        visits: [
          {
            stageId: 'identify',
            enteredAt: at(1),
            leftAt: at(3),
            left: 'lost',
            amountAtEntry: eur(10_000),
            ownerAtEntry: credit,
          },
          {
            stageId: 'lost',
            enteredAt: at(3),
            leftAt: at(5),
            left: 'reopened',
            amountAtEntry: eur(10_000),
            ownerAtEntry: credit,
          },
          {
            stageId: 'identify',
            enteredAt: at(5),
            leftAt: null,
            left: null,
            amountAtEntry: eur(10_000),
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
        ...{ opportunityId, customerId, was: 'won', fromStage: 'won', toStage: 'identify', reason: 'they called back' },
        ...{ amount: eur(9_000), expectedCloseOn: '2026-03-31', probability: 10, forecastCategory: 'pipeline' },
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

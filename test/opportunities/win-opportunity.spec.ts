import { describe, it } from '@jest/globals';
import { WinOpportunity } from '../../libs/opportunities/commands.js';
import * as rules from '../../libs/opportunities/opportunity-closing.rules.js';
import type { ClosingFacts } from '../../libs/opportunities/opportunity-closing.rules.js';
import { opportunity } from '../../libs/opportunities/opportunity.decider.js';
import { opportunityBoard } from '../../projections/opportunity-board.js';
import { opportunityDetail } from '../../projections/opportunity-detail.js';
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
  now,
  opportunityId,
  owner,
  registered,
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
      ...closed,
      fromStage: 'identify',
      toStage: 'won',
      gateResults: [amountMet],
      amount: eur(amount),
      product: 'tills',
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

  it('is imported as won at nothing, or at what nobody wrote down', () => {
    const of = { imported: true };
    const none = { gateResults: [] };
    winning(eur(0), of, registered()).thenRecords(wonAt(0, none));
    winning(null, of, registered({ amount: null }))
      .thenRecords(wonAt(0, { ...none, amount: null }))
      .thenReads(opportunityDetail, opportunityId, { status: 'won', amount: null });
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
    winning(null, { customer: customer({ status }) }, registered()).thenRefuses('customer-inactive', { state: status });
  });

  it.each([wasWon(), wasLost(), wasVoided()])('refuses what has ended: $type', (ended) => {
    winning(null, {}, registered(), ended).thenRefuses('opportunity-closed');
  });

  it('refuses an opportunity nobody registered', () => winning(null).thenRefuses('opportunity-unknown'));
});

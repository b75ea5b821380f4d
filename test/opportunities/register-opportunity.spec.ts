import { describe, it } from '@jest/globals';
import { ImportOpportunity } from '../../libs/opportunities/commands.js';
import { registerOpportunity } from '../../libs/opportunities/opportunity-people.rules.js';
import type { RegistrationFacts } from '../../libs/opportunities/opportunity-people.rules.js';
import { opportunity } from '../../libs/opportunities/opportunity.decider.js';
import { opportunityBoard } from '../../projections/opportunity-board.js';
import { opportunityDetail } from '../../projections/opportunity-detail.js';
import { given } from '../support/given.js';
import * as samples from './samples.js';
import {
  customer,
  customerId,
  eur,
  now,
  opportunityId,
  owner,
  ownerId,
  pipelineId,
  registered,
  working,
} from './samples.js';
import type { OpportunityEvent } from './samples.js';

type Registration = ImportOpportunity['details'];

const wanted: Registration = {
  name: 'New tills',
  pipelineId,
  ownerId,
  customerId,
  source: 'referral',
  product: 'tills',
  amount: eur(1e4),
  expectedCloseOn: '2026-03-31',
};
const facts: RegistrationFacts = {
  pipeline: { retired: false, version: 1, stages: samples.stages },
  owner: working(owner),
  customer: customer(),
};

const registering = (
  change: Partial<Registration> = {},
  otherFacts: Partial<RegistrationFacts> = {},
  ...before: OpportunityEvent[]
) =>
  given(opportunity, ...before).when((state) =>
    registerOpportunity(state, new ImportOpportunity(opportunityId, { ...wanted, ...change }), now, {
      ...facts,
      ...otherFacts,
    }),
  );

describe('registering an opportunity', () => {
  it('begins in a later stage where that is said, and what that asks for is there', () => {
    const { id: stageId, probability, forecastCategory } = samples.negotiate;
    registering({ stageId })
      .thenRecords(registered({ stageId, probability, forecastCategory }))
      .thenReads(opportunityBoard, opportunityId, { stageId, weightedAmount: 6_000 });
    const stages = samples.withStage({ ...samples.negotiate, entryGate: ['grade'] });
    const pipeline = { retired: false, version: 1, stages };
    registering({ stageId }, { pipeline }).thenRefuses('gate-unmet', {
      unmet: [{ gate: 'entry', stageId, requirement: 'grade' }],
    });
    registering({ stageId, grade: 'A' }, { pipeline }).thenRecords(
      registered({ stageId, probability, forecastCategory, grade: 'A' }),
    );
    registering({ stageId: 'won' }).thenRefuses('stage-closing');
    registering({ stageId: 'nowhere' }).thenRefuses('stage-unknown');
  });

  it('begins in the first stage, with owner and customer as they are then', () => {
    registering()
      .thenRecords(registered())
      .thenReads(opportunityBoard, opportunityId, { stageId: 'identify', weightedAmount: 1_000, ownerName: 'Ada' })
      .thenReads(opportunityDetail, opportunityId, { status: 'open', stageId: 'identify', customer: samples.snapshot });
  });

  it('takes a lead that is not tied to a company yet', () => {
    registering({ customerId: null }, { customer: undefined }).thenRecords(
      registered({ customerId: null, customer: null }),
    );
  });

  it('takes one of which nothing is known but its name', () => {
    const nothing = { source: null, product: null, amount: null, expectedCloseOn: null };
    registering(nothing)
      .thenRecords(registered(nothing))
      .thenReads(opportunityBoard, opportunityId, {
        weightedAmount: 0,
        order: {
          name: 'new tills',
          currency: '~',
          currencyDown: '',
          amount: 0,
          closeOn: '9999-12-31',
          closeOnDown: '',
        },
      });
  });

  it('runs under the version that is published now', () => {
    registering({}, { pipeline: { retired: false, version: 3, stages: samples.stages } }).thenRecords(
      registered({ pipelineVersion: 3 }),
    );
  });

  it('takes an owner who is absent, and a customer who was lost', () => {
    registering({}, { owner: working(owner, 'absent'), customer: customer({ status: 'lost' }) }).thenRecords(
      registered(),
    );
  });

  it('records nothing when it is registered like that', () => {
    registering({}, {}, registered()).thenRecords();
  });

  it('refuses another opportunity of the same id', () => {
    registering({ name: 'Scales' }, {}, registered()).thenRefuses('opportunity-exists');
  });

  it.each<[string, Partial<RegistrationFacts>]>([
    ['pipeline-unknown', { pipeline: undefined }],
    ['pipeline-retired', { pipeline: { retired: true, version: 1, stages: samples.stages } }],
    ['pipeline-not-published', { pipeline: { retired: false, version: 0, stages: [] } }],
    ['employee-unknown', { owner: undefined }],
    ['owner-inactive', { owner: working(owner, 'suspended') }],
    ['customer-unknown', { customer: undefined }],
    ['customer-archived', { customer: customer({ status: 'archived' }) }],
  ])('refuses with %s', (code, otherFacts) => registering({}, otherFacts).thenRefuses(code));

  it.each([eur(-1), eur(0.5), eur(2 ** 53), { amount: 1, currency: 'XXX' }])('refuses an amount of %p', (amount) => {
    registering({ amount }).thenRefuses('amount-invalid');
  });

  it.each(['1970-01-01', '2036-01-04', '2026-02-31', 'soon'])('refuses to be closed on %s', (expectedCloseOn) => {
    registering({ expectedCloseOn }).thenRefuses('close-date-out-of-range');
  });
});

import type { Owner } from '../../libs/customers/events.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import type { CustomerFact, StageFacts } from '../../libs/opportunities/opportunity-gates.rules.js';
import type { EmployeeFact } from '../../libs/opportunities/opportunity-people.rules.js';
import type { Credit, OpportunityEvents, PipelineEvents, Stage } from '../../libs/opportunities/events.js';

export const opportunityId = '0190f5a0-0000-7000-8000-000000000001';
export const customerId = '0190f5a0-0000-7000-8000-000000000002';
export const pipelineId = '0190f5a0-0000-7000-8000-000000000003';
export const ownerId = '0190f5a0-0000-7000-8000-000000000004';
export const colleagueId = '0190f5a0-0000-7000-8000-000000000005';
export const managerId = '0190f5a0-0000-7000-8000-000000000006';
export const orgUnitId = '0190f5a0-0000-7000-8000-000000000007';
export const contactId = '0190f5a0-0000-7000-8000-000000000008';
export const visitId = '0190f5a0-0000-7000-8000-000000000009';

/** A day after what is given. */
export const now = '2026-01-02T09:00:00.000Z';

export type OpportunityEvent = EventOf<OpportunityEvents>;
export type PipelineEvent = EventOf<PipelineEvents>;

const open = { entryGate: [], exitGate: [], maxDays: null, allowSkip: true, allowBack: true, allowWin: true };
const closing = { ...open, allowSkip: false, allowBack: false, allowWin: false };

export const stage = (id: string, change: Partial<Stage> = {}): Stage => ({
  id,
  name: id.toUpperCase(),
  kind: 'open',
  probability: 20,
  forecastCategory: 'pipeline',
  ...open,
  ...change,
});

/** Identify, follow up, negotiate; then won, lost or void. */
export const identify = stage('identify', { probability: 10 });
export const followUp = stage('follow-up', { probability: 30 });
export const negotiate = stage('negotiate', { probability: 60, forecastCategory: 'commit' });
export const won = stage('won', { ...closing, kind: 'won', probability: 100, forecastCategory: 'closed' });
export const lost = stage('lost', { ...closing, kind: 'lost', probability: 0, forecastCategory: 'omitted' });
export const voided = stage('void', { ...closing, kind: 'void', probability: 0, forecastCategory: 'omitted' });
export const stages = [identify, followUp, negotiate, won, lost, voided] as const;

/** These stages with one of them changed. */
export const withStage = (changed: Stage): Stage[] => stages.map((each) => (each.id === changed.id ? changed : each));

export const owner: Owner = { employeeId: ownerId, name: 'Ada', orgUnitId, managerId };
export const colleague: Owner = { employeeId: colleagueId, name: 'Grace', orgUnitId, managerId };
export const credit: Credit = { employeeId: ownerId, orgUnitId, managerId };
export const working = (who: Owner, status = 'active'): EmployeeFact => ({ ...who, status });

export const customer = (change: Partial<CustomerFact> = {}): CustomerFact => ({
  customerId,
  status: 'active',
  survivorId: null,
  tier: 'important',
  sector: 'retail',
  region: 'north',
  contacts: [
    {
      contactId,
      role: 'decision_maker',
      isPrimary: true,
      status: 'active',
    },
  ],
  ...change,
});

export const snapshot = { tier: 'important', sector: 'retail', region: 'north' } as const;

export const facts = (change: Partial<StageFacts> = {}): StageFacts => ({ stages, customer: customer(), ...change });

export const eur = (amount: number) => ({ amount, currency: 'EUR' });

type Registered = OpportunityEvents['OpportunityRegistered'];

export const registeredData = (change: Partial<Registered> = {}): Registered => ({
  opportunityId,
  customerId,
  name: 'New tills',
  pipelineId,
  pipelineVersion: 1,
  stageId: 'identify',
  probability: 10,
  forecastCategory: 'pipeline',
  source: 'referral',
  product: 'tills',
  grade: null,
  amount: eur(1e4),
  expectedCloseOn: '2026-03-31',
  nextStep: null,
  owner,
  customer: snapshot,
  ...change,
});

export const registered = (change: Partial<Registered> = {}): OpportunityEvent => ({
  type: 'OpportunityRegistered',
  data: registeredData(change),
});

export const movedData = (
  from: string,
  to: string,
  change: Partial<OpportunityEvents['OpportunityStageChanged']> = {},
): OpportunityEvents['OpportunityStageChanged'] => ({
  opportunityId,
  customerId,
  from,
  to,
  direction: 'forward',
  enteredPrevAt: '2026-01-01T00:00:00.000Z',
  gateResults: [],
  amount: eur(1e4),
  expectedCloseOn: '2026-03-31',
  probability: 30,
  forecastCategory: 'pipeline',
  ...change,
});

export const moved = (...of: Parameters<typeof movedData>): OpportunityEvent => ({
  type: 'OpportunityStageChanged',
  data: movedData(...of),
});

const closed = { opportunityId, customerId, enteredPrevAt: '2026-01-01T00:00:00.000Z', credit };

export const wasWon = (fromStage = 'identify', amount = 9_000): OpportunityEvent => ({
  type: 'OpportunityWon',
  data: { ...closed, fromStage, toStage: 'won', gateResults: [], amount: eur(amount), product: 'tills' },
});

export const wasLost = (lostFromStage = 'identify'): OpportunityEvent => ({
  type: 'OpportunityLost',
  data: {
    ...closed,
    lostFromStage,
    toStage: 'lost',
    gateResults: [],
    reason: 'price',
    competitor: null,
    note: null,
    amount: eur(1e4),
  },
});

export const wasVoided = (fromStage = 'identify', toStage: string | null = 'void'): OpportunityEvent => ({
  type: 'OpportunityVoided',
  data: { ...closed, fromStage, toStage, reason: 'registered twice' },
});

export const reopened = (
  fromStage: string,
  toStage: string,
  was: 'won' | 'lost' | 'void' = 'lost',
): OpportunityEvent => ({
  type: 'OpportunityReopened',
  data: {
    opportunityId,
    customerId,
    was,
    fromStage,
    toStage,
    reason: 'they called back',
    amount: eur(1e4),
    expectedCloseOn: '2026-03-31',
    probability: 10,
    forecastCategory: 'pipeline',
  },
});

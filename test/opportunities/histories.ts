import fc from 'fast-check';
import { Refusal } from '../../libs/errors.js';
import { evolve } from '../../libs/event-store/decider.js';
import { addMilliseconds } from '../../libs/time.js';
import {
  AssignOpportunity,
  ChangeOpportunityAmount,
  ChangeOpportunityStage,
  LoseOpportunity,
  RegisterOpportunity,
  ReopenOpportunity,
  VoidOpportunity,
  WinOpportunity,
} from '../../libs/opportunities/commands.js';
import * as closing from '../../libs/opportunities/opportunity-closing.rules.js';
import * as people from '../../libs/opportunities/opportunity-people.rules.js';
import { changeOpportunityStage } from '../../libs/opportunities/opportunity-stages.rules.js';
import { changeOpportunityAmount } from '../../libs/opportunities/opportunity-terms.rules.js';
import { opportunity } from '../../libs/opportunities/opportunity.decider.js';
import type { Opportunity } from '../../libs/opportunities/opportunity.decider.js';
import { customer, customerId, eur, pipelineId, stages, voided, working } from './samples.js';
import type { OpportunityEvent } from './samples.js';

/** An event with its time, as the log has it. */
export type Dated = OpportunityEvent & { readonly occurredAt: string };

export const sellers = ['seller-1', 'seller-2', 'seller-3'];

interface Step {
  readonly does: 'move' | 'win' | 'lose' | 'void' | 'reopen' | 'assign' | 'amount';
  readonly after: number;
  /** Picks a stage, a seller, an amount. */
  readonly pick: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  does: fc.oneof(
    { weight: 6, arbitrary: fc.constant('move' as const) },
    { weight: 4, arbitrary: fc.constantFrom('win', 'lose', 'void', 'assign', 'amount') },
    { weight: 2, arbitrary: fc.constant('reopen' as const) },
  ),
  after: fc.integer({ min: 0, max: 20 * 86_400_000 }),
  pick: fc.nat(20),
});

/** What becomes of an opportunity when people do anything at all with it: what the rules refuse does not happen. */
export const history: fc.Arbitrary<readonly Dated[]> = fc
  .record({ first: step, steps: fc.array(step, { maxLength: 14 }), hasVoidStage: fc.boolean(), id: fc.uuid() })
  .map(({ first, steps, hasVoidStage, id }) => {
    const used = hasVoidStage ? stages : stages.filter((stage) => stage !== voided);
    const happened: Dated[] = [];
    let state: Opportunity = opportunity.initial;
    let now = addMilliseconds('2026-01-01T00:00:00.000Z', first.after);
    const apply = (decide: () => OpportunityEvent[]): void => {
      try {
        for (const event of decide()) {
          const dated = { ...event, occurredAt: now };
          happened.push(dated);
          state = evolve(opportunity, state, dated);
        }
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    };
    apply(() =>
      people.registerOpportunity(
        state,
        new RegisterOpportunity(id, {
          name: 'a deal',
          pipelineId,
          ownerId: seller(first.pick),
          customerId,
          amount: eur(first.pick),
        }),
        now,
        {
          pipeline: { retired: false, version: 1, stages: used },
          owner: working(person(first.pick, 'early')),
          customer: customer(),
        },
      ),
    );
    for (const { does, after, pick } of steps) {
      now = addMilliseconds(now, after);
      const holder = 'owner' in state ? sellers.indexOf(state.owner.employeeId) : 0;
      const facts = { stages: used, customer: customer(), owner: person(holder, pick % 2 === 0 ? 'early' : 'late') };
      const stageId = used[pick % used.length]!.id;
      apply(() => {
        if (does === 'move')
          return changeOpportunityStage(state, new ChangeOpportunityStage(id, { stageId }), now, facts);
        if (does === 'win')
          return closing.winOpportunity(state, new WinOpportunity(id, { amount: eur(pick) }), now, facts);
        if (does === 'lose')
          return closing.loseOpportunity(state, new LoseOpportunity(id, { reason: 'price' }), now, facts);
        if (does === 'void')
          return closing.voidOpportunity(state, new VoidOpportunity(id, { reason: 'twice' }), now, facts);
        if (does === 'amount')
          return changeOpportunityAmount(state, new ChangeOpportunityAmount(id, { amount: eur(pick) }));
        if (does === 'assign') {
          const to = { employee: working(person(pick, 'early')), openTransferId: null };
          return people.assignOpportunity(state, new AssignOpportunity(id, { ownerId: seller(pick) }), now, to);
        }
        const where = pick % 3 === 0 ? stageId : null;
        return closing.reopenOpportunity(
          state,
          new ReopenOpportunity(id, { reason: 'again', stageId: where }),
          now,
          facts,
        );
      });
    }
    return happened;
  });

const seller = (pick: number): string => sellers[pick % sellers.length]!;

/** A seller, in the unit they were in early on or in the one they went to. */
const person = (pick: number, when: 'early' | 'late') => ({
  employeeId: seller(pick),
  name: 'Somebody',
  orgUnitId: `${when} unit`,
  managerId: `${when} manager`,
});

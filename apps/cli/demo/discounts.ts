import {
  ApproveStep,
  PublishApprovalFlow,
  RejectApproval,
  ResubmitApproval,
  ReturnForChange,
  SubmitForApproval,
  WithdrawApproval,
} from '../../../libs/approvals/commands.js';
import type { Actor } from '../../../libs/event-store/event-store.js';
import { DAY, HOUR } from './calendar.js';
import type { Calendar } from './calendar.js';
import type { Chronicle } from './chronicle.js';
import { CHANGES } from './company.js';
import type { Company, Stint } from './company.js';
import type { Deal } from './deals.js';
import type { Random } from './random.js';

/** From this on, in minor units, the head of sales agrees to a discount as well. */
const LARGE = 250_000;
const always = { amountAtLeast: null, tiers: [], crossesDepartments: null };
const euros = (amount: number) => ({ amount, currency: 'EUR' });

/** How discounts are approved, before the first one is asked for. */
export function tellDiscountFlow(chronicle: Chronicle, company: Company): void {
  const steps = [
    {
      name: 'Sales supervisor',
      approvers: [{ by: 'superior' as const, id: null, levels: 1 }],
      mode: 'all' as const,
      when: always,
    },
    {
      name: 'Head of sales',
      approvers: [{ by: 'position' as const, id: company.id('position', 'sales-head'), levels: null }],
      mode: 'all' as const,
      when: { ...always, amountAtLeast: euros(LARGE) },
    },
  ];
  const answers = {
    vacant: 'superior',
    absent: 'deputy',
    submitter: 'superior',
    beneficiary: 'superior',
    repeated: 'skip',
  } as const;
  const hours = { remindAfterHours: 14 * 24, escalateAfterHours: null, expireAfterHours: null };
  const flow = { name: 'Discounts', steps, answers, ...hours };
  const at = chronicle.calendar.day(1) + 11 * HOUR;
  chronicle.tell(at, company.person('director'), [], new PublishApprovalFlow(company.id('flow', 'discounts'), flow));
}

/** Some deals are won with a discount, or after one was refused. Nobody asks while the company is about to change. */
export function tellDiscount(
  { opportunityId, open, won }: Deal,
  ownerAt: (at: number) => Stint,
  random: Random,
  company: Company,
  calendar: Calendar,
  tell: (at: number, actor: Actor, command: object) => void,
): void {
  if (!won || !random.chance(0.7)) return;
  let at = calendar.working(random, won.at - random.whole(10, 16) * DAY);
  if (at < open[0]![0] + HOUR || CHANGES.some((day) => at > calendar.day(day - 24) && at < calendar.day(day + 2)))
    return;
  const { who, team } = ownerAt(at);
  const [owner, salesHead] = [company.person(who), company.person('sales-head')];
  const supervisor = company.lead(team) === owner ? salesHead : company.lead(team);
  const approvalId = company.id('discount', opportunityId);
  const later = (): void => void (at = calendar.working(random, at + random.whole(1, 30) * HOUR));
  let amount = Math.round((won.amount * random.between(0.03, 0.12)) / 1_000) * 1_000;
  tell(
    at,
    owner,
    new SubmitForApproval(approvalId, {
      flowId: company.id('flow', 'discounts'),
      subject: { kind: 'discount', id: opportunityId },
      ownerId: owner.id,
      submitterId: null,
      beneficiaryId: null,
      amount: euros(amount),
      tier: null,
      orgUnitIds: [],
      note: random.pick([
        'they ask for a discount on the first order',
        'a competitor is cheaper',
        'order for two sites',
      ]),
    }),
  );
  later();
  const fate = random.next();
  if (fate < 0.05) return tell(at, owner, new WithdrawApproval(approvalId, { by: null, reason: 'won without it' }));
  if (fate < 0.15)
    return tell(at, supervisor, new RejectApproval(approvalId, { by: null, reason: 'the margin is too low' }));
  if (fate < 0.27) {
    tell(at, supervisor, new ReturnForChange(approvalId, { by: null, reason: 'ask for less' }));
    later();
    amount = Math.round(amount / 2);
    tell(at, owner, new ResubmitApproval(approvalId, { by: null, amount: euros(amount) }));
    later();
  }
  tell(at, supervisor, new ApproveStep(approvalId, { by: null, comment: null }));
  if (amount < LARGE || supervisor === salesHead) return;
  later();
  tell(at, salesHead, new ApproveStep(approvalId, { by: null, comment: null }));
}

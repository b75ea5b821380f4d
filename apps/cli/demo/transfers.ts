import { PublishApprovalFlow, ApproveStep } from '../../../libs/approvals/commands.js';
import { RegisterCustomer } from '../../../libs/customers/commands.js';
import { idFrom } from '../../../libs/ids.js';
import {
  DraftTransfer,
  PublishTransferPolicy,
  RevertTransfer,
  SubmitTransfer,
} from '../../../libs/transfers/commands.js';
import { transferPolicyId } from '../../../libs/transfers/events.js';
import { DAY, HOUR } from './calendar.js';
import type { Chronicle } from './chronicle.js';
import type { Company } from './company.js';
import type { Names } from './names.js';
import type { Random } from './random.js';

/** Transfers are agreed to by the supervisor of the owner, and can be given back for a month; from the first day on. */
export function tellTransferPolicy(chronicle: Chronicle, company: Company): void {
  const superior = { by: 'superior' as const, id: null, levels: 1 };
  const when = { amountAtLeast: null, tiers: [], crossesDepartments: null };
  const steps = [{ name: 'Sales supervisor', approvers: [superior], mode: 'all' as const, when }];
  const answers = {
    vacant: 'superior',
    absent: 'deputy',
    submitter: 'superior',
    beneficiary: 'superior',
    repeated: 'skip',
  } as const;
  const hours = { remindAfterHours: 7 * 24, escalateAfterHours: null, expireAfterHours: null };
  const flowId = company.id('flow', 'transfers');
  const at = chronicle.calendar.day(1) + 14 * HOUR;
  const flow = { name: 'Transfers', steps, answers, ...hours };
  chronicle.tell(at, company.person('director'), [], new PublishApprovalFlow(flowId, flow));
  const policy = new PublishTransferPolicy(transferPolicyId, { flowId, revertDays: 30 });
  chronicle.tell(at + HOUR, company.person('director'), [], policy);
}

const include = { opportunities: 'open', opportunityIds: [], tasks: 'open', ofOthers: false } as const;

/** Two customers that go to a colleague once the supervisor agrees; one of them comes back. Late in the story, when read models follow. */
export function tellTransfers(random: Random, chronicle: Chronicle, company: Company, names: Names): void {
  const { calendar } = chronicle;
  for (const [day, team, isGivenBack] of [
    [590, 'south', false],
    [680, 'north', true],
  ] as const) {
    const start = calendar.working(random, calendar.day(day));
    const from = company.seller(random, team, start);
    const to = company.seller(random, team, start, from.who);
    const [owner, receiver, supervisor] = [company.person(from.who), company.person(to.who), company.lead(team)];
    const customerId = company.id('handed over', String(day));
    const transferId = company.id('transfer', String(day));
    const tell = (after: number, who: typeof owner, command: object) =>
      chronicle.tell(start + after, who, [customerId], command);
    const agree = (after: number, id: string) => {
      const approvalId = idFrom('approval of transfer', id, '0');
      tell(after, supervisor, new ApproveStep(approvalId, { by: null, comment: null }));
    };
    const name = names.company(random, 'logistics');
    const customer = { kind: 'org' as const, name, region: 'North', source: 'referral', ownerId: owner.id };
    tell(0, supervisor, new RegisterCustomer(customerId, customer));
    const form = {
      by: null,
      toOwnerId: receiver.id,
      subjects: [{ kind: 'customer' as const, id: customerId }],
      include,
      reason: 'wants somebody who is near',
    };
    tell(2 * DAY, owner, new DraftTransfer(transferId, form));
    tell(2 * DAY + HOUR, owner, new SubmitTransfer(transferId, {}));
    agree(3 * DAY, transferId);
    if (!isGivenBack) continue;
    const revertId = company.id('transfer', 'back', String(day));
    const reason = 'asks for the one who knew the project';
    tell(12 * DAY, receiver, new RevertTransfer(revertId, { reverts: transferId, by: null, reason }));
    agree(13 * DAY, revertId);
  }
}

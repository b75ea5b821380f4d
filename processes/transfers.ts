import { SubmitForApproval } from '../libs/approvals/commands.js';
import type { ApprovalEvents } from '../libs/approvals/events.js';
import type { CustomerEvents } from '../libs/customers/events.js';
import { TransferCustomer } from '../libs/customers/pool.commands.js';
import { TransferLead } from '../libs/leads/commands.js';
import type { LeadEvents } from '../libs/leads/events.js';
import { TransferOpportunity } from '../libs/opportunities/commands.js';
import type { OpportunityEvents } from '../libs/opportunities/events.js';
import { process } from '../libs/processes/process.js';
import type { Reaction } from '../libs/processes/process.js';
import { TransferTask } from '../libs/tasks/commands.js';
import type { TaskEvents } from '../libs/tasks/events.js';
import { RecordTransferDecision, RecordTransferItem, RecordTransferReverted } from '../libs/transfers/commands.js';
import type { ApprovalOutcome, TransferEvents, TransferItem } from '../libs/transfers/events.js';

interface Between {
  readonly transferId: string;
  readonly toOwnerId: string;
}

/** Each kind of thing is moved by a command of its own; what a rule refuses is skipped, with the code. */
function moving(item: TransferItem, { transferId, toOwnerId }: Between): Reaction {
  const { kind, id } = item;
  return {
    command: moverOf(item, { transferId, toOwnerId }),
    otherwise: ({ code }) => ({ command: new RecordTransferItem(transferId, { item: { kind, id }, code }) }),
  };
}

function moverOf({ kind, id, fromOwnerId }: TransferItem, between: Between): object {
  const values = { ...between, fromOwnerId: fromOwnerId ?? '' };
  switch (kind) {
    case 'customer':
      return new TransferCustomer(id, values);
    case 'opportunity':
      return new TransferOpportunity(id, values);
    case 'lead':
      return new TransferLead(id, values);
    case 'task':
      return new TransferTask(id, { ...between, fromOwnerId });
  }
}

const moved = (kind: TransferItem['kind'], id: string, transferId: string | undefined): readonly Reaction[] =>
  transferId === undefined ? [] : [{ command: new RecordTransferItem(transferId, { item: { kind, id }, code: null }) }];

interface Decided {
  readonly data: ApprovalEvents['ApprovalGranted'] | ApprovalEvents['ApprovalRejected'];
}

const decided =
  (outcome: ApprovalOutcome) =>
  ({ data: { approvalId, subject } }: { readonly data: Pick<Decided['data'], 'approvalId' | 'subject'> }) =>
    subject.kind === 'transfer'
      ? [{ command: new RecordTransferDecision(subject.id, { approvalId, outcome, code: null }) }]
      : [];

/**
 * Carries transfers out: asks for the approval of one that is handed in, and moves what it is about once that is agreed to. A program
 * that ends in between goes on where it was: what was moved is owned by the other person by then, and is moved once.
 */
export const transfers = process<
  TransferEvents & ApprovalEvents & CustomerEvents & OpportunityEvents & TaskEvents & LeadEvents
>({
  name: 'transfers',
  version: 1,
  from: 'installation',
  on: {
    TransferSubmitted: ({ data }) => {
      const { transferId, flowId, approvalId, fromOwnerId, toOwnerId, requesterId, orgUnitIds, tier, reason } = data;
      const asked = {
        flowId,
        subject: { kind: 'transfer' as const, id: transferId },
        ownerId: fromOwnerId,
        submitterId: requesterId,
        beneficiaryId: toOwnerId,
        amount: null,
        tier,
        orgUnitIds,
        note: reason,
      };
      return [
        {
          command: new SubmitForApproval(approvalId, asked),
          otherwise: ({ code }) => ({
            command: new RecordTransferDecision(transferId, { approvalId, outcome: 'refused', code }),
          }),
        },
      ];
    },
    ApprovalGranted: decided('granted'),
    ApprovalRejected: decided('rejected'),
    ApprovalReturned: decided('returned'),
    ApprovalWithdrawn: decided('withdrawn'),
    ApprovalExpired: decided('expired'),
    TransferExecutionStarted: ({ data }) =>
      data.items.filter(({ withCustomerId }) => withCustomerId === null).map((item) => moving(item, data)),
    TransferItemMoved: ({ data: { next, ...between } }) => next.map((item) => moving(item, between)),
    CustomerOwnerAssigned: ({ data }) => moved('customer', data.customerId, data.transferId),
    OpportunityOwnerChanged: ({ data }) => moved('opportunity', data.opportunityId, data.transferId),
    TaskAssigned: ({ data }) => moved('task', data.taskId, data.transferId),
    LeadAssigned: ({ data }) => moved('lead', data.leadId, data.transferId),
    TransferCompleted: ({ data: { transferId, reverts, moved: givenBack, skipped } }) =>
      reverts === null
        ? []
        : [{ command: new RecordTransferReverted(reverts, { revertedBy: transferId, givenBack, kept: skipped }) }],
  },
});

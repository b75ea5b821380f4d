import type { Owner } from '../libs/customers/events.js';
import { transferPolicyId } from '../libs/transfers/events.js';
import type { Append, Recorder } from './append-streams.js';

/** How transfers are approved, and the form of one. */
export function transfers(recorder: Recorder, [from, to]: readonly Owner[]): readonly Append[] {
  const transfer = recorder.begin('transfer');
  const policy = recorder.begin('transferpolicy', transferPolicyId);
  const form = {
    requesterId: from!.employeeId,
    fromOwnerId: from!.employeeId,
    toOwnerId: to!.employeeId,
    subjects: [{ kind: 'customer', id: recorder.id() }],
    include: { opportunities: 'open', opportunityIds: [], tasks: 'none', ofOthers: false },
    reason: 'moves to another region',
  } as const;
  return [
    recorder.record(policy, from!, [
      { type: 'TransferPolicyPublished', data: { version: 1, flowId: recorder.id(), revertDays: 30 } },
    ]),
    recorder.record(transfer, from!, [
      { type: 'TransferDrafted', data: { transferId: transfer.id, ...form, reverts: null } },
    ]),
  ];
}

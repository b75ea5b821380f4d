import { Module } from '@nestjs/common';
import type { StateReader } from '../event-store/decider.js';
import type { Envelope } from '../event-store/envelope.js';
import { handle } from '../event-store/handle.js';
import type { Question } from '../event-store/handle.js';
import { structureFacts } from '../organisation/facts.js';
import * as desk from './approval-desk.decider.js';
import { approvalDesk } from './approval-desk.decider.js';
import * as flows from './approval-flow.decider.js';
import { approvalFlow } from './approval-flow.decider.js';
import type { FlowFacts } from './approval-flow.decider.js';
import { approval } from './approval.decider.js';
import type { Approval, KnownApproval } from './approval.decider.js';
import { resubmitApproval, submitForApproval, withdrawApproval } from './approval.rules.js';
import type { SubmissionFacts } from './approval.rules.js';
import type { Chart } from './approvers.rules.js';
import * as commands from './commands.js';
import * as decisions from './decision.rules.js';
import type { ApprovalFacts } from './progress.rules.js';
import {
  GetApprovalFlowHandler,
  GetApprovalHandler,
  GetApprovalInboxHandler,
  ListApprovalFlowsHandler,
  ListApprovalsHandler,
} from './queries.js';
import * as waiting from './waiting.rules.js';

const structure = async ({ streams, now }: Question<unknown, unknown>): Promise<FlowFacts> => ({
  chart: await structureFacts(streams, now),
});

/** The caller, where it is an employee. */
const actorIn = (chart: Chart, { actor }: Envelope): string | null =>
  chart.employee(actor.id) === undefined ? null : actor.id;

/** The flow in its latest version. */
async function submission(flowId: string, { streams, envelope, now }: Question<unknown, Approval>) {
  const { state: flow } = await streams.load(approvalFlow, flowId);
  const chart = await structureFacts(streams, now);
  return { flow, chart, actorId: actorIn(chart, envelope) };
}

const submitting = (asked: Question<commands.SubmitForApproval, Approval>): Promise<SubmissionFacts> =>
  submission(asked.command.flowId, asked);

const resubmitting = (asked: Question<unknown, Approval>): Promise<SubmissionFacts> =>
  submission(asked.state.status === 'unknown' ? '' : asked.state.flowId, asked);

const acting = async ({ streams, envelope, now }: Question<unknown, Approval>) => ({
  actorId: actorIn(await structureFacts(streams, now), envelope),
});

/** The version of the flow that holds for the request. A request that is not there has none, and its rule asks for none. */
async function deciding({ state, streams, envelope, now }: Question<unknown, Approval>): Promise<ApprovalFacts> {
  // Behind the latest event also for a process that was given an earlier time.
  const at = state.status !== 'unknown' && state.at > now ? state.at : now;
  const chart = await structureFacts(streams, at);
  const flow = state.status === 'unknown' ? undefined : await versionOf(streams, state);
  return { flow: flow!, chart, actorId: actorIn(chart, envelope) };
}

const versionOf = async (streams: StateReader, { flowId, flowVersion }: KnownApproval) =>
  (await streams.load(approvalFlow, flowId)).state.versions.get(flowVersion - 1);

@Module({
  providers: [
    handle(commands.PublishApprovalFlow, approvalFlow, flows.publishApprovalFlow, structure),
    handle(commands.ReviseApprovalFlow, approvalFlow, flows.reviseApprovalFlow, structure),
    handle(commands.RetireApprovalFlow, approvalFlow, flows.retireApprovalFlow),
    handle(commands.SubmitForApproval, approval, submitForApproval, submitting),
    handle(commands.ResubmitApproval, approval, resubmitApproval, resubmitting),
    handle(commands.WithdrawApproval, approval, withdrawApproval, acting),
    handle(commands.ApproveStep, approval, decisions.approveStep, deciding),
    handle(commands.RejectApproval, approval, decisions.rejectApproval, deciding),
    handle(commands.ReturnForChange, approval, decisions.returnForChange, deciding),
    handle(commands.DelegateApproval, approval, decisions.delegateApproval, deciding),
    handle(commands.AddApprovalStep, approval, decisions.addApprovalStep, deciding),
    handle(commands.ReviewApproval, approval, waiting.reviewApproval, deciding),
    handle(commands.RemindApprovers, approval, waiting.remindApprovers),
    handle(commands.EscalateApproval, approval, waiting.escalateApproval, deciding),
    handle(commands.ExpireApproval, approval, waiting.expireApproval),
    handle(commands.PutApprovalOnDesk, approvalDesk, desk.putApprovalOnDesk),
    handle(commands.TakeApprovalOffDesk, approvalDesk, desk.takeApprovalOffDesk),
    handle(commands.ReviewPendingApprovals, approvalDesk, desk.reviewPendingApprovals),
    GetApprovalFlowHandler,
    GetApprovalHandler,
    GetApprovalInboxHandler,
    ListApprovalFlowsHandler,
    ListApprovalsHandler,
  ],
})
export class ApprovalsModule {}

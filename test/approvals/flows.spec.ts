import { describe, it } from '@jest/globals';
import {
  approvalFlow,
  publishApprovalFlow,
  retireApprovalFlow,
  reviseApprovalFlow,
} from '../../libs/approvals/approval-flow.decider.js';
import { PublishApprovalFlow, RetireApprovalFlow, ReviseApprovalFlow } from '../../libs/approvals/commands.js';
import type { ApprovalFlowEvents, FlowContent } from '../../libs/approvals/events.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import { approvalFlowList } from '../../projections/approval-flow-list.js';
import { nobody, people, positionIds, unitIds } from '../organisation/company.js';
import { given } from '../support/given.js';
import { chartAfter, flowId, flowOf, headOf, holder, person, step, submittedAt, superior } from './samples.js';

const { version: _, ...content } = flowOf([step('one', [superior()])]);
const published = (version: number, more: Partial<FlowContent> = {}): EventOf<ApprovalFlowEvents> => ({
  type: 'ApprovalFlowPublished',
  data: { flowId, version, ...content, ...more },
});
const retired: EventOf<ApprovalFlowEvents> = { type: 'ApprovalFlowRetired', data: { flowId } };
const facts = { chart: chartAfter() };

const publishing =
  (more: Partial<FlowContent> = {}, chart = facts.chart) =>
  (state: typeof approvalFlow.initial) =>
    publishApprovalFlow(state, new PublishApprovalFlow(flowId, { ...content, ...more }), submittedAt, { chart });
const revising =
  (more: Partial<FlowContent> = {}) =>
  (state: typeof approvalFlow.initial) =>
    reviseApprovalFlow(state, new ReviseApprovalFlow(flowId, { ...content, ...more }), submittedAt, facts);
const retiring = (state: typeof approvalFlow.initial) => retireApprovalFlow(state, new RetireApprovalFlow(flowId));

describe('a flow of approval', () => {
  it('is published in versions, each of which stays as it is', () => {
    given(approvalFlow).when(publishing()).thenRecords(published(1));
    given(approvalFlow, published(1))
      .when(revising({ name: 'Larger discounts' }))
      .thenRecords(published(2, { name: 'Larger discounts' }))
      .thenReads(approvalFlowList, flowId, { name: 'Larger discounts', version: 2, status: 'published' });
    given(approvalFlow, published(1)).when(revising()).thenRecords();
    given(approvalFlow).when(revising()).thenRefuses('approval-flow-unknown');
  });

  it('is published once under an id', () => {
    given(approvalFlow, published(1)).when(publishing()).thenRecords();
    given(approvalFlow, published(1), published(2, { name: 'Other' }))
      .when(publishing())
      .thenRecords();
    given(approvalFlow, published(1))
      .when(publishing({ name: 'Other' }))
      .thenRefuses('approval-flow-exists');
  });

  it('is retired, and gets no version then', () => {
    given(approvalFlow, published(1))
      .when(retiring)
      .thenRecords(retired)
      .thenReads(approvalFlowList, flowId, { status: 'retired' });
    given(approvalFlow, published(1), retired).when(retiring).thenRecords();
    given(approvalFlow).when(retiring).thenRefuses('approval-flow-unknown');
    given(approvalFlow, published(1), retired)
      .when(revising({ name: 'Other' }))
      .thenRefuses('approval-flow-retired');
  });

  it('is refused with everything that is wrong with it', () => {
    const chart = chartAfter(
      { type: 'PositionRetired', data: { positionId: positionIds.agent } },
      { type: 'OrgUnitClosed', data: { orgUnitId: unitIds.service } },
      { type: 'EmployeeLeft', data: { employeeId: people.dan } },
    );
    const steps = [
      step('empty', []),
      step('unknown', [holder(nobody), headOf(nobody), person(nobody)]),
      step('gone', [holder(positionIds.agent), headOf(unitIds.service), person(people.dan)]),
      step('odd', [
        { by: 'superior', id: people.bob, levels: 1 },
        { by: 'superior', id: null, levels: null },
        { by: 'person', id: null, levels: null },
        { by: 'position', id: positionIds.salesHead, levels: 2 },
      ]),
      step('empty', [superior()]),
    ];
    given(approvalFlow)
      .when(publishing({ steps }, chart))
      .thenRefuses('approval-flow-unsound', {
        findings: [
          { step: 'empty', problem: 'no-approvers' },
          { step: 'unknown', problem: 'position-unknown', id: nobody },
          { step: 'unknown', problem: 'org-unit-unknown', id: nobody },
          { step: 'unknown', problem: 'employee-unknown', id: nobody },
          { step: 'gone', problem: 'position-retired', id: positionIds.agent },
          { step: 'gone', problem: 'org-unit-closed', id: unitIds.service },
          { step: 'gone', problem: 'employee-left', id: people.dan },
          { step: 'odd', problem: 'superior-by-levels-only', id: people.bob },
          { step: 'odd', problem: 'superior-by-levels-only' },
          { step: 'odd', problem: 'person-by-id-only' },
          { step: 'odd', problem: 'position-by-id-only', id: positionIds.salesHead },
          { step: 'empty', problem: 'step-twice' },
        ],
      });
    given(approvalFlow)
      .when(publishing({ steps: [] }))
      .thenRefuses('approval-flow-unsound', { findings: [{ step: null, problem: 'no-steps' }] });
  });
});

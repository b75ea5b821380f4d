/** An event of a history: its type, and what its data says otherwise than the golden line, so that it fits what came before. */
type Step = string | readonly [type: string, otherwise: Readonly<Record<string, unknown>>];

/** Fields that name one and the same thing wherever they are in a history. */
export const ids: Readonly<Record<string, string>> = {
  customerId: '01a20105-8f0a-7274-9ac4-7d6833b11e94',
  contactId: '01a20105-8f27-707c-bc73-ab12baba8154',
  interactionId: '01a20105-9068-7308-ba17-f9096855d8ec',
  identifierId: '21346c3b-e45e-5d15-8ad3-a574d0525f6e',
  opportunityId: '01a20105-91b6-7216-82e9-730731fa4df8',
  visitId: 'adce0d6a-94a1-517e-9dde-b661a211e418',
  pipelineId: '01a20105-91a5-701b-b8e5-c2d818731b06',
  taskId: '01a20105-91e3-75d2-9157-0246b5cc9f50',
  orgUnitId: '01a20105-8ea8-705b-b3fa-0967ee564a2d',
  positionId: '01a20105-8ee8-739a-bdbb-44793a17bdec',
  employeeId: '01a20105-8f00-75fa-a225-309d944c9377',
};

/**
 * Histories that can have happened, by category of the stream.
 * @param data of the golden line of a type
 */
export const histories = (
  data: (type: string) => Readonly<Record<string, unknown>>,
): Readonly<Record<string, readonly (readonly Step[])[]>> => {
  const { to: secondContactId } = data('PrimaryContactChanged');
  const { to: otherUnitId } = data('OrgUnitMoved');
  const { from: negotiation } = data('PipelineStageChanged');
  const { changes } = data('CustomerDetailsCorrected');
  const { tag } = data('CustomerUntagged');
  const { process } = data('OrgUnitProcessUnassigned');
  const { remindAt } = data('TaskReminderDue');
  return {
    customer: [
      [
        'CustomerRegistered',
        'CustomerDetailsChanged',
        ['CustomerTagged', { tag }],
        'CustomerTagged',
        'CustomerUntagged',
        'CustomerParentLinked',
        'CustomerOwnerAssigned',
        'CustomerTierOverridden',
        'ContactAdded',
        'ContactChanged',
        ['ContactAdded', { contactId: secondContactId, isPrimary: false }],
        'PrimaryContactChanged',
        'ContactConsentGiven',
        'ContactConsentWithdrawn',
        'ContactChannelBounced',
        'ContactDisabled',
        'InteractionLogged',
        'InteractionCorrected',
        'CustomerWentDormant',
        'CustomerReactivated',
        'PurchaseRecorded',
        'CustomerLost',
      ],
      ['CustomerRegistered', 'CustomerDetailsCorrected', 'CustomerArchived', 'CustomerRestored'],
      ['CustomerRegistered', ['CustomerDetailsChanged', { changes }]],
    ],
    customerIdentifier: [['CustomerIdentifierReserved', 'CustomerIdentifierReleased']],
    portfolio: [['PortfolioPlaceReserved', 'PortfolioPlaceReleased']],
    opportunity: [
      [
        ['OpportunityRegistered', { customerId: null, customer: null }],
        'OpportunityCustomerLinked',
        'OpportunityContactLinked',
        'OpportunityContactUnlinked',
        'OpportunityDetailsChanged',
        'OpportunityQualified',
        'OpportunityGraded',
        'OpportunityAmountChanged',
        'OpportunityCloseDateChanged',
        'OpportunityProbabilityOverridden',
        'OpportunityForecastCategoryChanged',
        'OpportunityTeamMemberAdded',
        'OpportunityTeamMemberRemoved',
        'OpportunityGateOverridden',
        'OpportunityStageChanged',
        'VisitPlanned',
        'VisitCheckedIn',
        'VisitReported',
        'OpportunityOwnerChanged',
        'OpportunityLost',
        'OpportunityReopened',
        'OpportunityWon',
      ],
      ['OpportunityRegistered', 'OpportunityVoided'],
    ],
    pipeline: [
      [
        'PipelineDrafted',
        'PipelineStageAdded',
        ['PipelineStageAdded', { stage: negotiation }],
        'PipelineStageChanged',
        ['PipelineStageReordered', { from: ['identified', 'negotiation'], to: ['negotiation', 'identified'] }],
        ['PipelineStageRemoved', { stageId: 'negotiation' }],
        'PipelinePublished',
        'PipelineRetired',
      ],
    ],
    task: [
      [
        ['TaskCreated', { reminders: [remindAt] }],
        'TaskAssigned',
        'TaskReminderDue',
        'TaskStarted',
        'TaskBecameOverdue',
        'TaskRescheduled',
        'TaskCompleted',
      ],
      ['TaskCreated', 'TaskCancelled'],
    ],
    calendar: [['CalendarDefined', 'CalendarWeekChanged', 'CalendarDaysSet', 'CalendarDaysCleared', 'CalendarDaysSet']],
    lead: [
      [
        'LeadCaptured',
        'LeadScored',
        'LeadGraded',
        'LeadResponseDue',
        'LeadAssigned',
        'LeadDetailsChanged',
        'LeadNoted',
        'LeadFirstResponseMet',
        'LeadContacted',
        'LeadQualified',
        'LeadConverted',
        'LeadConversionFailed',
        'LeadDisqualified',
        'LeadReopened',
        'LeadRecycled',
        'LeadReopened',
        'LeadMarkedDuplicate',
      ],
      ['LeadCaptured', 'LeadResponseDue', 'LeadFirstResponseBreached'],
      ['LeadCaptured', 'LeadResponseDue', 'LeadDisqualified'],
      ['LeadCaptured', 'LeadResponseDue', 'LeadRecycled'],
      ['LeadCaptured', 'LeadResponseDue', 'LeadMarkedDuplicate'],
      ['LeadCaptured', 'LeadResponseDue', 'LeadQualified', 'LeadConverted'],
    ],
    assignmentdesk: [
      [
        'AssignmentRulePublished',
        'AssignmentDecided',
        'AssignmentPassedOver',
        'AssignmentDecided',
        'AssignmentConfirmed',
        'AssignmentFailed',
        'AssignmentRuleRetired',
      ],
    ],
    leadpolicy: [['LeadPolicyPublished', ['LeadPolicyPublished', { version: 2 }]]],
    target: [['TargetSet', 'TargetRevised', 'TargetWithdrawn', 'TargetSet']],
    organisation: [
      [
        'OrgUnitCreated',
        'OrgUnitRenamed',
        'OrgUnitResponsibilitiesDefined',
        ['OrgUnitProcessAssigned', { process }],
        'OrgUnitProcessAssigned',
        'OrgUnitProcessUnassigned',
        ['OrgUnitCreated', { orgUnitId: otherUnitId }],
        'OrgUnitMoved',
        'PositionDefined',
        'PositionDutiesChanged',
        'PositionReportingLineChanged',
        'PositionApprovalLimitSet',
        'PositionCustomerCapSet',
        'PositionHeadcountSet',
        ['OrgUnitHeadAppointed', { to: ids['positionId'] }],
        'EmployeeHired',
        'EmployeeAssignedToPosition',
        ['PositionMoved', { from: ids['orgUnitId'], to: otherUnitId, employeeIds: [ids['employeeId']] }],
        'EmployeeAbsenceRecorded',
        'EmployeeReturned',
        'EmployeeSuspended',
        'EmployeeReinstated',
        'EmployeeSkillsSet',
        'EmployeeAssignmentEnded',
        'EmployeeLeft',
        'PositionRetired',
        'OrgUnitClosed',
        'OrgUnitReopened',
      ],
    ],
    readModel: [
      [
        'ReadModelRebuildRequested',
        'ReadModelRebuildCancelled',
        'ReadModelRebuildRequested',
        'ReadModelSwitched',
        'ReadModelRolledBack',
      ],
    ],
    import: [['ImportRowsSettled']],
  };
};

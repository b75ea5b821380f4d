import { describe, it } from '@jest/globals';
import {
  AddOpportunityTeamMember,
  AssignOpportunity,
  LinkOpportunityContact,
  LinkOpportunityCustomer,
  RemoveOpportunityTeamMember,
  UnlinkOpportunityContact,
} from '../../libs/opportunities/commands.js';
import type { CustomerFact } from '../../libs/opportunities/opportunity-gates.rules.js';
import * as rules from '../../libs/opportunities/opportunity-people.rules.js';
import type { EmployeeFact } from '../../libs/opportunities/opportunity-people.rules.js';
import { opportunity } from '../../libs/opportunities/opportunity.decider.js';
import { opportunityBoard } from '../../projections/opportunity-board.js';
import { opportunityDetail } from '../../projections/opportunity-detail.js';
import { stageJourney } from '../../projections/stage-journey.js';
import { given } from '../support/given.js';
import {
  colleague,
  colleagueId,
  contactId,
  customer,
  customerId,
  now,
  opportunityId,
  owner,
  ownerId,
  registered,
  snapshot,
  wasWon,
  working,
} from './samples.js';
import type { OpportunityEvent } from './samples.js';

const about = { opportunityId, customerId };

describe('assigning an opportunity', () => {
  const assigning = (to: string, employee: EmployeeFact | undefined, ...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      rules.assignOpportunity(state, new AssignOpportunity(opportunityId, { ownerId: to }), now, {
        employee,
        openTransferId: null,
      }),
    );

  it('records both owners as they sat in the structure', () => {
    assigning(colleagueId, working(colleague), registered())
      .thenRecords({ type: 'OpportunityOwnerChanged', data: { ...about, from: owner, to: colleague, reason: null } })
      .thenReads(opportunityBoard, opportunityId, { ownerId: colleagueId, ownerName: 'Grace' })
      .thenReads(stageJourney, opportunityId, {
        registeredBy: { employeeId: ownerId, orgUnitId: owner.orgUnitId, managerId: owner.managerId },
        owner: { employeeId: colleagueId, orgUnitId: colleague.orgUnitId, managerId: colleague.managerId },
      });
  });

  it('records nothing when it is theirs', () => {
    assigning(ownerId, working(owner), registered()).thenRecords();
  });

  it.each(['suspended', 'leaving', 'left'])('refuses somebody who is %s', (status) => {
    assigning(colleagueId, working(colleague, status), registered()).thenRefuses('owner-inactive', { state: status });
  });

  it('refuses somebody nobody hired', () =>
    assigning(colleagueId, undefined, registered()).thenRefuses('employee-unknown'));

  it('refuses what has ended: the credit stays', () => {
    assigning(colleagueId, working(colleague), registered(), wasWon()).thenRefuses('opportunity-closed');
  });
});

describe('linking the customer', () => {
  const lead = registered({ customerId: null, customer: null });
  const linking = (to: string, of: CustomerFact | undefined, ...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      rules.linkOpportunityCustomer(state, new LinkOpportunityCustomer(opportunityId, { customerId: to }), now, {
        customer: of,
      }),
    );

  it('ties a lead to a company, as it is then', () => {
    linking(customerId, customer(), lead)
      .thenRecords({ type: 'OpportunityCustomerLinked', data: { ...about, customer: snapshot } })
      .thenReads(opportunityBoard, opportunityId, { customerId })
      .thenReads(opportunityDetail, opportunityId, { customerId, customer: snapshot })
      .thenReads(stageJourney, opportunityId, { customerId, customer: snapshot });
  });

  it('records nothing when it is that one', () => {
    linking(customerId, customer(), registered()).thenRecords();
  });

  it('refuses another one than it has', () => {
    linking('another', customer({ customerId: 'another' }), registered()).thenRefuses('customer-linked', {
      customerId,
    });
  });

  it('refuses one nobody registered', () => linking(customerId, undefined, lead).thenRefuses('customer-unknown'));

  it('refuses one that was put away', () => {
    linking(customerId, customer({ status: 'archived' }), lead).thenRefuses('customer-archived');
  });
});

describe('contacts of the deal', () => {
  const linked: OpportunityEvent = {
    type: 'OpportunityContactLinked',
    data: { ...about, contactId, role: 'finance', isPrimary: true },
  };
  const linking = (
    role: 'finance' | 'user',
    isPrimary: boolean,
    of: CustomerFact | undefined,
    ...before: OpportunityEvent[]
  ) =>
    given(opportunity, ...before).when((state) =>
      rules.linkOpportunityContact(
        state,
        new LinkOpportunityContact(opportunityId, { contactId, role, isPrimary }),
        now,
        {
          customer: of,
        },
      ),
    );
  const unlinking = (...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      rules.unlinkOpportunityContact(state, new UnlinkOpportunityContact(opportunityId, { contactId })),
    );

  it('gives a contact of the customer a role', () => {
    linking('finance', true, customer(), registered())
      .thenRecords(linked)
      .thenReads(opportunityDetail, opportunityId, { contacts: [{ contactId, role: 'finance', isPrimary: true }] });
  });

  it('has one primary contact', () => {
    const other: OpportunityEvent = {
      type: 'OpportunityContactLinked',
      data: { ...about, contactId: 'other', role: 'user', isPrimary: true },
    };
    linking('finance', true, customer(), registered(), other).thenReads(opportunityDetail, opportunityId, {
      contacts: [
        { contactId: 'other', role: 'user', isPrimary: false },
        { contactId, role: 'finance', isPrimary: true },
      ],
    });
  });

  it('records nothing the second time, and another role as another role', () => {
    linking('finance', true, customer(), registered(), linked).thenRecords();
    linking('user', true, customer(), registered(), linked).thenReads(opportunityDetail, opportunityId, {
      contacts: [{ contactId, role: 'user', isPrimary: true }],
    });
  });

  it.each<[string, CustomerFact | undefined]>([
    ['another customer', customer({ contacts: [] })],
    ['no customer', undefined],
    [
      'the customer, but disabled',
      customer({ contacts: [{ contactId, role: 'user', isPrimary: false, status: 'disabled' }] }),
    ],
  ])('refuses a contact of %s', (_, of) => {
    linking('finance', true, of, registered()).thenRefuses('contact-customer-mismatch', { unknown: [contactId] });
  });

  it('takes a contact out of the deal', () => {
    unlinking(registered(), linked)
      .thenRecords({ type: 'OpportunityContactUnlinked', data: { ...about, contactId } })
      .thenReads(opportunityDetail, opportunityId, { contacts: [] });
  });

  it('refuses to take out who is not in it', () => unlinking(registered()).thenRefuses('contact-unknown'));
});

describe('the team', () => {
  const member = (employeeId: string, role = 'expert'): OpportunityEvent => ({
    type: 'OpportunityTeamMemberAdded',
    data: { ...about, employeeId, name: 'Grace', role },
  });
  const adding = (role: string, employee: EmployeeFact | undefined, ...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      rules.addOpportunityTeamMember(
        state,
        new AddOpportunityTeamMember(opportunityId, { employeeId: colleagueId, role }),
        now,
        {
          employee,
        },
      ),
    );
  const removing = (...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      rules.removeOpportunityTeamMember(
        state,
        new RemoveOpportunityTeamMember(opportunityId, { employeeId: colleagueId }),
      ),
    );

  it('takes a colleague in', () => {
    adding('expert', working(colleague), registered())
      .thenRecords(member(colleagueId))
      .thenReads(opportunityDetail, opportunityId, {
        team: [{ employeeId: colleagueId, name: 'Grace', role: 'expert' }],
      });
  });

  it('records nothing the second time, and another role as another role', () => {
    adding('expert', working(colleague), registered(), member(colleagueId)).thenRecords();
    adding('buyer', working(colleague), registered(), member(colleagueId)).thenReads(opportunityDetail, opportunityId, {
      team: [{ employeeId: colleagueId, name: 'Grace', role: 'buyer' }],
    });
  });

  it('refuses the fifty-first', () => {
    const fifty = Array.from({ length: 50 }, (_, index) => member(`member ${index}`));
    adding('expert', working(colleague), registered(), ...fifty).thenRefuses('team-full');
  });

  it('refuses somebody who left, and somebody nobody hired', () => {
    adding('expert', working(colleague, 'left'), registered()).thenRefuses('owner-inactive');
    adding('expert', undefined, registered()).thenRefuses('employee-unknown');
  });

  it('lets a colleague go', () => {
    removing(registered(), member(colleagueId))
      .thenRecords({ type: 'OpportunityTeamMemberRemoved', data: { ...about, employeeId: colleagueId } })
      .thenReads(opportunityDetail, opportunityId, { team: [] });
  });

  it('refuses to let go who is not in it', () => removing(registered()).thenRefuses('team-member-unknown'));
});

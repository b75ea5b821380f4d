import {
  AppointHead,
  AssignProcess,
  AssignToPosition,
  CompleteOffboarding,
  CreateOrgUnit,
  DefinePosition,
  HireEmployee,
  RecordAbsence,
  SetApprovalLimit,
  SetCustomerCap,
  SetResponsibilities,
} from '../../organisation/commands.js';
import { AbsenceBody, AssignmentBody, HireEmployeeBody } from '../../organisation/employees.dto.js';
import { levels, organisationId, unitKinds } from '../../organisation/events.js';
import { CreateOrgUnitBody, HeadBody, ProcessBody, ResponsibilitiesBody } from '../../organisation/org-units.dto.js';
import { ApprovalLimitBody, CustomerCapValue, DefinePositionBody } from '../../organisation/positions.dto.js';
import { formed } from '../form.js';
import { day, flag, idIn, integer, list, moment, money, oneOf, ref, required, text } from './step.js';
import type { Target } from './step.js';

/** Units, positions and people lie on one stream. */
const stream = () => `organisation-${organisationId}`;

export const organisationTargets: Readonly<Record<string, Target>> = {
  orgUnit: {
    says: 'A unit of the organisation.',
    makes: 'orgUnit',
    fields: {
      name: required(text),
      kind: required(oneOf(unitKinds)),
      level: required(oneOf(levels)),
      parentId: ref('orgUnit'),
    },
    stream,
    command(id, values) {
      const { name, kind, level, parentId = null } = formed(CreateOrgUnitBody, values);
      return new CreateOrgUnit(id, { name, kind, level, parentId });
    },
  },
  orgUnitResponsibilities: {
    says: 'What a unit answers for.',
    about: 'orgUnitId',
    fields: { orgUnitId: required(ref('orgUnit')), responsibilities: required(list(text)) },
    stream,
    command: (_, { orgUnitId, ...values }) =>
      new SetResponsibilities(String(orgUnitId), formed(ResponsibilitiesBody, values).responsibilities),
  },
  orgUnitProcess: {
    says: 'A customer-management process that a unit runs.',
    about: 'orgUnitId',
    fields: { orgUnitId: required(ref('orgUnit')), process: required(text) },
    stream,
    command: (_, { orgUnitId, ...values }) => new AssignProcess(String(orgUnitId), formed(ProcessBody, values).process),
  },
  orgUnitHead: {
    says: 'The position that leads a unit; it must be a position of that unit.',
    about: 'orgUnitId',
    fields: { orgUnitId: required(ref('orgUnit')), positionId: required(ref('position')) },
    stream,
    command: (_, { orgUnitId, ...values }) => new AppointHead(String(orgUnitId), formed(HeadBody, values).positionId),
  },
  position: {
    says: 'A position in a unit, for one person unless `headcount` says more.',
    makes: 'position',
    fields: {
      title: required(text),
      orgUnitId: required(ref('orgUnit')),
      reportsToPositionId: ref('position'),
      duties: list(text),
      processSteps: list(text),
      headcount: integer,
    },
    stream,
    command(id, values) {
      const body = formed(DefinePositionBody, values);
      const { title, orgUnitId, reportsToPositionId = null, duties = [], processSteps = [], headcount = 1 } = body;
      return new DefinePosition(id, { title, orgUnitId, reportsToPositionId, duties, processSteps, headcount });
    },
  },
  positionCustomerCap: {
    says: 'How many customers each holder of a position may own.',
    about: 'positionId',
    fields: { positionId: required(ref('position')), max: required(integer), excludeWon: flag },
    stream,
    command(_, { positionId, ...values }) {
      const { max, excludeWon = false } = formed(CustomerCapValue, values);
      return new SetCustomerCap(String(positionId), { max, excludeWon });
    },
  },
  positionApprovalLimit: {
    says: 'Up to which amount a position approves.',
    about: 'positionId',
    fields: { positionId: required(ref('position')), limit: required(money) },
    stream,
    command: (_, { positionId, ...values }) =>
      new SetApprovalLimit(String(positionId), formed(ApprovalLimitBody, values).limit),
  },
  employee: {
    says: 'A person who works here, with the first position; hired at the business time.',
    makes: 'employee',
    fields: { name: required(text), positionId: required(ref('position')) },
    stream,
    command(id, values) {
      const { name, positionId } = formed(HireEmployeeBody, values);
      return new HireEmployee(id, { name, positionId });
    },
  },
  employeePosition: {
    says: 'Another position of a person: a new primary one takes the place of the one before, others come on top.',
    about: 'employeeId',
    fields: {
      employeeId: required(ref('employee')),
      positionId: required(ref('position')),
      primary: required(flag),
      until: moment,
    },
    stream,
    command(_, { employeeId, ...values }) {
      const { positionId, primary, until } = formed(AssignmentBody, values);
      return new AssignToPosition(String(employeeId), { positionId, primary, until });
    },
  },
  employeeAbsence: {
    says: 'Days a person is away, both included, and who stands in.',
    about: 'employeeId',
    fields: { employeeId: required(ref('employee')), from: required(day), to: day, deputyId: ref('employee') },
    stream,
    command(_, { employeeId, ...values }) {
      const { from, to = null, deputyId = null } = formed(AbsenceBody, values);
      return new RecordAbsence(String(employeeId), from, to, deputyId);
    },
  },
  employeeLeft: {
    says: 'A person left, at the business time.',
    about: 'employeeId',
    fields: { employeeId: required(ref('employee')) },
    stream,
    command: (_, values) => new CompleteOffboarding(idIn(values, 'employeeId')),
  },
};

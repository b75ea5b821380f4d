import { afterReturn } from '../libs/organisation/events.js';
import type { Absence, EmployeeEvents, EmployeeStatus, PositionEvents } from '../libs/organisation/events.js';
import { projection } from '../libs/read-models/projection.js';
import { nameKey, wordsOf } from '../libs/text.js';

/** Of somebody who is going to leave. */
export interface EmployeeOffboarding {
  readonly startedAt: string;
  /** Who is to have what they have, where a hand-over names nobody. */
  readonly handOverTo: string | null;
  /** What they had when it began, by kind. */
  readonly inventory: Readonly<Record<string, number>>;
}

/** A line of the list of employees. */
export interface EmployeeLine {
  readonly employeeId: string;
  readonly name: string;
  /** For sorting. */
  readonly nameKey: string;
  /** What the text filter looks at: the words of the name. */
  readonly words: readonly string[];
  readonly status: EmployeeStatus;
  /** The primary position and its unit; null for somebody who left. */
  readonly positionId: string | null;
  readonly positionTitle: string | null;
  readonly orgUnitId: string | null;
  readonly skills: readonly string[];
  readonly languages: readonly string[];
  readonly absences: readonly Absence[];
  /** Of all absences. */
  readonly deputyIds: readonly string[];
  /** Null while they are not going to leave. */
  readonly offboarding: EmployeeOffboarding | null;
  readonly hiredAt: string;
  readonly leftAt: string | null;
}

/** A line without what only sorting and the search look at. */
export type EmployeeCard = Omit<EmployeeLine, 'nameKey' | 'words' | 'deputyIds'>;

export const employeeCard = ({ nameKey: _, words: __, deputyIds: ___, ...line }: EmployeeLine): EmployeeCard => line;

export const employeeList = projection<EmployeeLine, EmployeeEvents & Pick<PositionEvents, 'PositionMoved'>>({
  name: 'employee-list',
  version: 4,
  id: ({ data }) => ('employeeIds' in data ? data.employeeIds : data.employeeId),
  indexes: [['nameKey'], ['employeeId']],
  filters: ['orgUnitId', 'status'],
  lists: ['words', 'deputyIds'],
  starts: {
    EmployeeHired: ({ data: { employeeId, name }, occurredAt }) => ({
      employeeId,
      name,
      nameKey: nameKey(name),
      words: wordsOf(name),
      status: 'active',
      positionId: null,
      positionTitle: null,
      orgUnitId: null,
      skills: [],
      languages: [],
      absences: [],
      deputyIds: [],
      offboarding: null,
      hiredAt: occurredAt,
      leftAt: null,
    }),
  },
  on: {
    EmployeeAssignedToPosition: (line, { data: { primary, positionId, positionTitle, orgUnitId } }) =>
      primary ? { ...line, positionId, positionTitle, orgUnitId } : line,
    EmployeeAssignmentEnded: (line, { data }) =>
      data.primary ? { ...line, positionId: null, positionTitle: null, orgUnitId: null } : line,
    PositionMoved: (line, { data }) => ({ ...line, orgUnitId: data.to }),
    EmployeeAbsenceRecorded: (line, { data: { from, to, deputyId } }) =>
      withAbsences(line, [...line.absences, { from, to, deputyId }]),
    EmployeeReturned: (line, { data }) => withAbsences(line, afterReturn(line.absences, data.from, data.on)),
    EmployeeSuspended: (line) => ({ ...line, status: 'suspended' }),
    EmployeeReinstated: (line) => ({ ...line, status: line.offboarding ? 'leaving' : 'active' }),
    OffboardingStarted: (line, { data: { handOverTo, inventory }, occurredAt }) => ({
      ...line,
      status: line.status === 'suspended' ? line.status : 'leaving',
      offboarding: { startedAt: occurredAt, handOverTo, inventory },
    }),
    EmployeeSkillsSet: (line, { data: { skills, languages } }) => ({ ...line, skills, languages }),
    EmployeeLeft: (line, { occurredAt }) => ({ ...line, status: 'left', leftAt: occurredAt }),
  },
});

const withAbsences = (line: EmployeeLine, absences: readonly Absence[]): EmployeeLine => ({
  ...line,
  absences,
  deputyIds: [...new Set(absences.flatMap(({ deputyId }) => deputyId ?? []))],
});

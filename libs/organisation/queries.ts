import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { employeeList } from '../../projections/employee-list.js';
import type { EmployeeLine } from '../../projections/employee-list.js';
import { structureChart } from '../../projections/structure-chart.js';
import type { ChartEmployee, ChartEntry } from '../../projections/structure-chart.js';
import { Clock } from '../clock.js';
import { id, oneOf, text } from '../commands/fields.js';
import { trueOrFalse } from '../commands/query-fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { Missing } from '../errors.js';
import { page } from '../http/asked.js';
import type { Filter, Found, ReadModels } from '../read-models/read-models.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import { wordFilters } from '../read-models/asking/word-filters.js';
import { absenceOf, chartAt, chartTree, chartLines } from './chart.js';
import type { Chart, ChartNode } from './chart.js';
import { employeeStatuses } from './events.js';
import type { EmployeeStatus } from './events.js';
import { managerOf } from './managers.js';

/** The structure chart at a moment. */
export interface StructureChart {
  readonly at: string;
  /** The root; more than one only where the past is incomplete. */
  readonly units: readonly ChartNode[];
}

export class GetStructureChart extends Query<StructureChart> {
  constructor(readonly when: When = {}) {
    super();
  }
}

@QueryHandler(GetStructureChart)
export class GetStructureChartHandler implements IQueryHandler<GetStructureChart> {
  constructor(
    private readonly reading: Reading,
    private readonly clock: Clock,
  ) {}

  async execute({ when }: GetStructureChart): Promise<StructureChart> {
    const at = this.reading.momentOf(when) ?? this.clock.now();
    const entries = await everything(await this.reading.of(structureChart, when));
    return { at, units: chartTree(chartAt(entries, at)) };
  }
}

/** An employee as they are at the moment that was asked about. */
export interface EmployeeView {
  readonly employeeId: string;
  readonly name: string;
  readonly status: EmployeeStatus | 'absent';
  readonly deputyId: string | null;
  readonly positionId: string | null;
  readonly positionTitle: string | null;
  readonly orgUnitId: string | null;
  readonly managerId: string | null;
  readonly skills: readonly string[];
  readonly languages: readonly string[];
  /** Works here, and nobody was found they answer to. */
  readonly managerless: boolean;
  /** Since when they are going to leave; null while they are not. */
  readonly leavingSince: string | null;
  readonly hiredAt: string;
  readonly leftAt: string | null;
}

/** What employees are listed by. */
export const employeeFilters = {
  ...page,
  orgUnit: id().optional().describe('Unit of the primary position.'),
  status: oneOf(employeeStatuses).optional(),
  managerless: trueOrFalse()
    .optional()
    .describe('Only people who work here and answer to nobody, or only those who answer to somebody.'),
  text: text(255)
    .optional()
    .describe('Words of the name, or how they begin; of names without blanks between words, any piece.'),
};

export class ListEmployees extends Query<Found<EmployeeView>> {
  constructor(readonly listing: ValuesOf<typeof employeeFilters> = {}) {
    super();
  }
}

@QueryHandler(ListEmployees)
export class ListEmployeesHandler implements IQueryHandler<ListEmployees> {
  constructor(
    private readonly reading: Reading,
    private readonly clock: Clock,
  ) {}

  async execute({ listing }: ListEmployees): Promise<Found<EmployeeView>> {
    const { orgUnit, status, managerless, text, limit = 50, cursor } = listing;
    await this.reading.known(structureChart, 'org-unit', orgUnit, ({ entry }) => entry === 'unit');
    const chart = chartAt(
      await everything(await this.reading.of(structureChart, listing)),
      this.reading.momentOf(listing) ?? this.clock.now(),
    );
    const filter: Filter = {
      orgUnitId: orgUnit,
      status,
      employeeId: managerless === undefined ? undefined : { $in: present(chart, managerless) },
      $and: wordFilters(text),
    };
    const readModels = await this.reading.of(employeeList, listing);
    // The employees without a manager can change between two pages of one list.
    const asked = { orgUnit, status, managerless, text };
    const find = { filter, asked, sort: ['nameKey'], limit, cursor };
    const { items, ...more } = await readModels.find(employeeList, find);
    return { items: items.map((line) => viewOf(line, chart)), ...more };
  }
}

export class GetEmployee extends Query<EmployeeView> {
  constructor(
    readonly employeeId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetEmployee)
export class GetEmployeeHandler implements IQueryHandler<GetEmployee> {
  constructor(
    private readonly reading: Reading,
    private readonly clock: Clock,
  ) {}

  async execute({ employeeId, when }: GetEmployee): Promise<EmployeeView> {
    const line = await (await this.reading.of(employeeList, when)).get(employeeList, employeeId);
    if (!line) throw new Missing('employee', employeeId);
    const entries = await everything(await this.reading.of(structureChart, when));
    return viewOf(line, chartAt(entries, this.reading.momentOf(when) ?? this.clock.now()));
  }
}

/** The whole chart. */
export async function everything(readModels: ReadModels): Promise<readonly ChartEntry[]> {
  const entries: ChartEntry[] = [];
  let cursor: string | undefined;
  do {
    const found = await readModels.find(structureChart, { limit: 1_000, cursor });
    entries.push(...found.items);
    cursor = found.next;
  } while (cursor !== undefined);
  return entries;
}

function viewOf(line: EmployeeLine, chart: Chart): EmployeeView {
  const { employeeId, name, positionId, positionTitle, orgUnitId, skills, languages, offboarding, hiredAt, leftAt } =
    line;
  const absence = absenceOf(line, chart.at);
  const managerId = managerOf(chartLines(chart), employeeId, positionId);
  return {
    employeeId,
    name,
    positionId,
    positionTitle,
    orgUnitId,
    skills,
    languages,
    leavingSince: offboarding?.startedAt ?? null,
    hiredAt,
    leftAt,
    managerId,
    status: absence ? 'absent' : line.status,
    deputyId: absence?.deputyId ?? null,
    managerless: line.status !== 'left' && managerId === null,
  };
}

/** People who work here without a manager, or with one: found in the chart, since it takes the whole chart to know. */
function present(chart: Chart, managerless: boolean): readonly string[] {
  const lines = chartLines(chart);
  const managerOfThe = ({ employeeId, assignments }: ChartEmployee) =>
    managerOf(lines, employeeId, assignments.find(({ primary }) => primary)?.positionId ?? null);
  return [...chart.employees.values()]
    .filter((employee) => (managerOfThe(employee) === null) === managerless)
    .map(({ employeeId }) => employeeId);
}

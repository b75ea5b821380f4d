import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { employeeList } from '../../projections/employee-list.js';
import { structureChart } from '../../projections/structure-chart.js';
import { Clock } from '../clock.js';
import { text } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { Invalid, Missing } from '../errors.js';
import { page } from '../http/asked.js';
import { Inventory } from '../inventory/inventory.js';
import type { Shelf } from '../inventory/inventory.js';
import { Reading } from '../read-models/asking/reading.js';
import { chartAt } from './chart.js';
import type { Chart } from './chart.js';
import type { EmployeeStatus } from './events.js';
import { everything } from './queries.js';

/** What an employee has, and what counts on them: all that is handed over before they leave. */
export interface EmployeeInventory {
  readonly employeeId: string;
  readonly name: string;
  readonly status: EmployeeStatus;
  /** How many there are of each kind. */
  readonly counts: Readonly<Record<string, number>>;
  /** A page of each kind. */
  readonly kinds: readonly Shelf[];
  /** Units that nobody else leads. */
  readonly headOf: readonly { readonly id: string; readonly name: string }[];
  /** People who are away, or will be, with this one as their deputy. */
  readonly deputyFor: readonly { readonly id: string; readonly name: string }[];
}

export const inventoryFilters = {
  ...page,
  kind: text(50).optional().describe('One kind of things only, such as `customer`; pages go on with one kind.'),
};

export class GetInventory extends Query<EmployeeInventory> {
  constructor(
    readonly employeeId: string,
    readonly asked: ValuesOf<typeof inventoryFilters> = {},
  ) {
    super();
  }
}

@QueryHandler(GetInventory)
export class GetInventoryHandler implements IQueryHandler<GetInventory> {
  constructor(
    private readonly inventory: Inventory,
    private readonly reading: Reading,
    private readonly clock: Clock,
  ) {}

  async execute({ employeeId, asked }: GetInventory): Promise<EmployeeInventory> {
    const { kind, limit = 50, cursor, ...when } = asked;
    const line = await (await this.reading.of(employeeList, when)).get(employeeList, employeeId);
    if (!line) throw new Missing('employee', employeeId);
    const known = this.inventory.kinds.map((each) => each.kind);
    if (kind !== undefined && !known.includes(kind)) {
      throw new Invalid('kind-invalid', `Kinds are ${known.join(', ')}.`, { field: 'kind', known });
    }
    if (kind === undefined && cursor !== undefined) {
      throw new Invalid('kind-missing', 'Pages go on with one kind.', { field: 'kind' });
    }
    const wanted = this.inventory.kinds.filter((each) => kind === undefined || each.kind === kind);
    const kinds = await this.inventory.shelves(employeeId, { kinds: wanted, limit, cursor, ...when });
    const entries = await everything(await this.reading.of(structureChart, when));
    const chart = chartAt(entries, this.reading.momentOf(when) ?? this.clock.now());
    return {
      employeeId,
      name: line.name,
      status: line.status,
      counts: Object.fromEntries(kinds.map((each) => [each.kind, each.count])),
      kinds,
      headOf: headedBy(chart, employeeId),
      deputyFor: countingOn(chart, employeeId),
    };
  }
}

const headedBy = ({ units, held }: Chart, employeeId: string) =>
  [...units.values()].flatMap(({ orgUnitId: id, name, headPositionId }) => {
    const heads = headPositionId === null ? [] : (held.get(headPositionId) ?? []);
    return heads.length === 1 && heads[0]!.employee.employeeId === employeeId ? [{ id, name }] : [];
  });

const countingOn = ({ employees, at }: Chart, deputyId: string) =>
  [...employees.values()]
    .filter(({ absences }) =>
      absences.some((each) => each.deputyId === deputyId && (each.to === null || each.to >= at.slice(0, 10))),
    )
    .map(({ employeeId: id, name }) => ({ id, name }));

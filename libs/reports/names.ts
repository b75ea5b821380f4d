import { customerValue } from '../../projections/customer-value.js';
import { employeeList } from '../../projections/employee-list.js';
import { structureChart } from '../../projections/structure-chart.js';
import type { ReadModels } from '../read-models/read-models.js';
import type { Row } from './report.js';

/** Dimensions that hold ids, and where to find what they are called. */
const NAMED: Readonly<Record<string, (readModels: ReadModels, id: string) => Promise<string | undefined>>> = {
  employee: nameOfEmployee,
  owner: nameOfEmployee,
  manager: nameOfEmployee,
  orgUnit: async (readModels, id) => {
    const entry = await readModels.get(structureChart, id);
    return entry?.entry === 'unit' ? entry.name : undefined;
  },
  customer: async (readModels, id) => (await readModels.get(customerValue, id))?.name,
};

async function nameOfEmployee(readModels: ReadModels, id: string): Promise<string | undefined> {
  return (await readModels.get(employeeList, id))?.name;
}

/** Names of the ids under these dimensions, as they are today: a report of the past is read by people of today. */
export async function namesIn(
  readModels: ReadModels,
  keys: readonly Readonly<Record<string, unknown>>[],
  dimensions: readonly string[],
  names = new Map<string, string>(),
): Promise<Map<string, string>> {
  for (const dimension of dimensions) {
    const look = NAMED[dimension];
    if (!look) continue;
    for (const id of new Set(keys.map((key) => key[dimension]))) {
      if (typeof id !== 'string' || names.has(id)) continue;
      const name = await look(readModels, id);
      if (name !== undefined) names.set(id, name);
    }
  }
  return names;
}

/** Puts the name beside every id. */
export function named(row: Row, names: ReadonlyMap<string, string>): Row {
  const whole: Record<string, Row[string]> = {};
  for (const [field, value] of Object.entries(row)) {
    whole[field] = value;
    const name = `${field}Name`;
    if (!Object.hasOwn(NAMED, field) || Object.hasOwn(row, name)) continue;
    whole[name] = (typeof value === 'string' && names.get(value)) || null;
  }
  return whole;
}

export const isNamed = (field: string): boolean =>
  Object.hasOwn(NAMED, field) || field === 'pipeline' || field === 'stage';

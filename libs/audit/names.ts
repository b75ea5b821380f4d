import { structureChart } from '../../projections/structure-chart.js';
import type { ChartEntry } from '../../projections/structure-chart.js';
import { Unavailable } from '../errors.js';
import { isId } from '../ids.js';
import type { ReadModels } from '../read-models/read-models.js';

/** By id: names of employees and units, titles of positions. */
export type Names = Readonly<Record<string, string>>;

/** Number of ids per lookup. */
const BATCH = 1_000;

/**
 * Looks up the current names of people, positions and units whose ids occur in events. A history only needs the log, so names
 * are left out while the read model of the chart does not serve.
 * @param data what the events recorded
 */
export async function namesIn(readModels: ReadModels, data: readonly unknown[]): Promise<Names> {
  const ids = new Set<string>();
  for (const each of data) collect(each, ids);
  const names: Record<string, string> = {};
  try {
    for (let left = [...ids]; left.length > 0; left = left.slice(BATCH)) {
      const $in = left.slice(0, BATCH);
      const $or = [
        { entry: 'employee', employeeId: { $in } },
        { entry: 'position', positionId: { $in } },
        { entry: 'unit', orgUnitId: { $in } },
      ];
      const { items } = await readModels.find(structureChart, { filter: { $or }, limit: BATCH });
      for (const item of items) {
        const [id, name] = nameOf(item);
        names[id] = name;
      }
    }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
  }
  return names;
}

function nameOf(item: ChartEntry): readonly [id: string, name: string] {
  if (item.entry === 'employee') return [item.employeeId, item.name];
  return item.entry === 'position' ? [item.positionId, item.title] : [item.orgUnitId, item.name];
}

/** Collects all ids in a value, at any depth. */
function collect(value: unknown, ids: Set<string>): void {
  if (typeof value === 'string' && isId(value)) ids.add(value);
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) collect(part, ids);
}

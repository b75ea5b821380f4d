import { documentsOf } from '../read-models/asking/documents.js';
import type { ReadModels } from '../read-models/read-models.js';
import type { Row } from './answer.js';
import { thingOf } from './things.js';

/** Names of the ids under these dimensions, as they are today: a report of the past is read by people of today. */
export async function namesIn(
  readModels: ReadModels,
  keys: readonly Readonly<Record<string, unknown>>[],
  dimensions: readonly string[],
  names = new Map<string, string>(),
): Promise<Map<string, string>> {
  for (const [of, same] of Map.groupBy(dimensions, (dimension) => thingOf(dimension)?.of)) {
    if (of === undefined) continue;
    const { name } = thingOf(same[0]!)!;
    const ids = new Set(same.flatMap((dimension) => keys.map((key) => key[dimension])));
    const unknown = [...ids].filter((id): id is string => typeof id === 'string' && !names.has(id));
    for (const [id, document] of await documentsOf(readModels, of, unknown)) {
      const called = name(document);
      if (called !== undefined) names.set(id, called);
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
    if (!thingOf(field) || Object.hasOwn(row, name)) continue;
    whole[name] = (typeof value === 'string' && names.get(value)) || null;
  }
  return whole;
}

/** Whether a field has a name beside it. Stages are named by the report that knows their pipelines. */
export const isNamed = (field: string): boolean => thingOf(field) !== undefined || field === 'stage';

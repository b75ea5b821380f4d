import type { ReadModel, Rollup } from '../read-models/rollup.js';
import { plainReport } from './plain.js';
import type { Definition } from './report.js';

/** The reports that this program answers, by their names. */
export class Reports {
  readonly names: readonly string[];
  /** Everything that some report is filtered by, each once. */
  readonly dimensions: readonly string[];
  readonly #byName: ReadonlyMap<string, Definition>;

  constructor(readonly all: readonly Definition[]) {
    this.names = all.map(({ name }) => name);
    this.dimensions = [...new Set(all.flatMap(({ dimensions }) => Object.keys(dimensions)))];
    this.#byName = new Map(all.map((each) => [each.name, each]));
  }

  /** @throws Error for a name that callers were not given */
  of(name: string): Definition {
    const found = this.#byName.get(name);
    if (!found) throw new Error(`there is no report ${name}`);
    return found;
  }
}

/** What is kept up, and what is answered from it. */
export interface Answerable {
  readonly readModels: readonly ReadModel[];
  readonly reports: readonly Definition[];
}

/** A report, or a rollup alone, which is answered with its measures as columns. */
export type Listed = Definition | Rollup;

/**
 * Puts the rollups of reports beside the projections that they sum up, and makes a report of every rollup that has none, so that it is
 * answered at once.
 * @param listed read models, with the rollups that are named beside them
 * @throws Error for two of one name, and for a report of a projection that is not listed
 */
export function answerable(listed: readonly ReadModel[], wanted: readonly Listed[]): Answerable {
  const reports = wanted.map((each) => ('cells' in each ? plainReport(each) : each));
  const readModels = listed.map((readModel) => {
    const own = reports.map(({ rollup }) => rollup).filter(({ of }) => of === readModel.projection);
    return { ...readModel, rollups: [...new Set([...own, ...readModel.rollups])] };
  });
  const rollups = readModels.flatMap((readModel) => readModel.rollups);
  const stray = reports.find(({ rollup }) => !rollups.includes(rollup));
  if (stray)
    throw new Error(`the report ${stray.name} sums up ${stray.rollup.of.name}, which is not among the projections`);
  const plain = rollups.filter((rollup) => reports.every((each) => each.rollup !== rollup)).map(plainReport);
  const all = [...reports, ...plain];
  unlike(
    'projection',
    readModels.map(({ projection }) => projection.name),
  );
  unlike(
    'rollup',
    rollups.map(({ name }) => name),
  );
  unlike(
    'report',
    all.map(({ name }) => name),
  );
  return { readModels, reports: all };
}

function unlike(kind: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`there are two of one name: the ${kind} ${twice}`);
}

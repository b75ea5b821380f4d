import { readdirSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as money from '../money.js';
import { projection } from '../read-models/projection.js';
import type { Projection } from '../read-models/projection.js';
import { rollup } from '../read-models/rollup.js';
import type { ReadModel, Rollup } from '../read-models/rollup.js';
import * as column from '../reports/columns.js';
import * as figures from '../reports/figures.js';
import { fact, report } from '../reports/report.js';
import type { Definition } from '../reports/report.js';
import type { Answerable, Listed } from '../reports/reports.js';
import * as text from '../text.js';
import * as time from '../time.js';
import * as whole from '../whole.js';
import { checkProjection, checkReport, checkRollup } from './checked.js';
import { guardedProjection, guardedReport, guardedRollup, messageOf } from './guarded.js';

/** How long a module may take to load, in milliseconds. */
const PATIENCE = 10_000;

/** A module of the folder, and what came of it. */
export interface ExtensionStatus {
  /** Its file, without the folder. */
  readonly extension: string;
  readonly projections: readonly string[];
  readonly reports: readonly string[];
  /** Why nothing of it is there; null where all of it is. */
  readonly fault: string | null;
}

/** What the modules of a folder add to an installation. */
export interface Extensions {
  readonly readModels: readonly ReadModel[];
  readonly reports: readonly Listed[];
  readonly status: readonly ExtensionStatus[];
}

/** What a module is given. The names of these are what extensions rely on. */
const helpers = { projection, rollup, report, fact, column, figures, money, text, time, whole };

interface Made {
  readonly projections: readonly Projection[];
  readonly reports: readonly Listed[];
}

/**
 * Loads every `.js` and `.mjs` file of a folder, in the order of their names. A file is there as a whole, or not at all with the reason why.
 * @param own what the program has without them: names that are taken, and projections that extensions may sum up
 */
export async function loadExtensions(folder: string, own: Answerable): Promise<Extensions> {
  const [files, unreadable] = filesOf(folder);
  const readModels: ReadModel[] = [];
  const reports: Listed[] = [];
  const status: ExtensionStatus[] = unreadable === undefined ? [] : [faulty(folder, unreadable)];
  for (const file of files) {
    try {
      const added = addedBy(file, await madeBy(join(resolve(folder), file), own), own);
      checkUnlike(added, { readModels: [...own.readModels, ...readModels], reports: [...own.reports, ...reports] });
      readModels.push(...added.readModels);
      reports.push(...added.reports);
      const projections = added.readModels.map((each) => each.projection.name);
      status.push({ extension: file, projections, reports: added.reports.map(({ name }) => name), fault: null });
    } catch (error) {
      status.push(faulty(file, messageOf(error)));
    }
  }
  return { readModels, reports, status };
}

const faulty = (extension: string, fault: string): ExtensionStatus => ({
  extension,
  projections: [],
  reports: [],
  fault,
});

function filesOf(folder: string): readonly [files: readonly string[], unreadable?: string] {
  try {
    return [
      readdirSync(folder)
        .filter((file) => ['.js', '.mjs'].includes(extname(file)))
        .sort(),
    ];
  } catch (error) {
    return [[], messageOf(error)];
  }
}

/** Calls what a module exports by default. */
async function madeBy(path: string, { readModels }: Answerable): Promise<Made> {
  const projections = Object.fromEntries(readModels.map((each) => [each.projection.name, each.projection]));
  const { default: extend } = await inTime(import(pathToFileURL(path).href) as Promise<{ readonly default?: unknown }>);
  if (typeof extend !== 'function') throw new Error('it exports no function by default');
  const made = await inTime(Promise.resolve(extend({ ...helpers, projections }) as Partial<Made>));
  const { projections: added = [], reports = [] } = made ?? {};
  if (!Array.isArray(added) || !Array.isArray(reports)) throw new Error('projections and reports are lists');
  return { projections: added, reports };
}

async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = setTimeout(() => reject(new Error(`it was not loaded within ${PATIENCE} milliseconds`)), PATIENCE);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(late);
  }
}

/** The read models and reports of one file, checked and guarded. */
function addedBy(file: string, { projections, reports }: Made, own: Answerable) {
  for (const each of projections) checkProjection(each);
  const guarded = new Map<Projection, Projection>(projections.map((each) => [each, guardedProjection(each)]));
  const rollups = new Map<Rollup, Rollup>();
  const listed = reports.map((each) => {
    const summed = 'cells' in each ? each : each.rollup;
    checkRollup(summed);
    const of = guarded.get(summed.of) ?? copyOf(summed.of, file, own);
    guarded.set(summed.of, of);
    const rollup = rollups.get(summed) ?? { ...guardedRollup(summed), of };
    rollups.set(summed, rollup);
    if ('cells' in each) return rollup;
    checkReport(each);
    return guardedReport(each, rollup, file);
  });
  const readModels = [...guarded.values()].map((each) => ({ projection: each, rollups: [], extension: file }));
  return { readModels, reports: listed };
}

/**
 * A projection of the program under a name of its own: what an extension counts of it must not be able to hold up what the program
 * answers from the same documents.
 */
function copyOf(projection: Projection, file: string, { readModels }: Answerable): Projection {
  if (readModels.every((each) => each.projection !== projection))
    throw new Error(
      `it sums up ${projection?.name}, which is neither among its projections nor among those it was given`,
    );
  const name = `${basename(file, extname(file))}-${projection.name}`.toLowerCase();
  const copy = { ...projection, name, indexes: [], filters: [], lists: [] };
  checkProjection(copy);
  return copy;
}

/** @throws Error for a name that is taken */
function checkUnlike(
  added: { readonly readModels: readonly ReadModel[]; readonly reports: readonly Listed[] },
  there: { readonly readModels: readonly ReadModel[]; readonly reports: readonly Listed[] },
): void {
  for (const [kind, namesIn] of Object.entries(KINDS)) {
    const taken = new Set(namesIn(there));
    for (const name of namesIn(added)) {
      if (taken.has(name))
        throw new Error(`there is a ${kind} called ${name} already: two of one name cannot both be answered`);
      taken.add(name);
    }
  }
}

type Names = (all: {
  readonly readModels: readonly ReadModel[];
  readonly reports: readonly Listed[];
}) => readonly string[];

const rollupOf = (each: Listed): Rollup => ('cells' in each ? each : (each as Definition).rollup);

const KINDS: Readonly<Record<string, Names>> = {
  projection: ({ readModels }) => readModels.map((each) => each.projection.name),
  rollup: ({ reports, readModels }) =>
    [...new Set([...reports.map(rollupOf), ...readModels.flatMap((each) => each.rollups)])].map(({ name }) => name),
  report: ({ reports }) => reports.map(({ name }) => name),
};

import type { Projection } from '../read-models/projection.js';
import type { Rollup } from '../read-models/rollup.js';
import { kinds } from '../reports/report.js';
import type { Definition } from '../reports/report.js';

/* Whether what an extension declares has the form that the compiler checks of the program's own code. */

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const FIELD = /^[A-Za-z][A-Za-z0-9]*$/;
const PATH = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const LONGEST_NAME = 60;

/** @throws Error that says what is wrong */
export function checkProjection(projection: Projection): void {
  const { name, version, indexes, filters, lists } = projection;
  checkNamed('projection', name, version);
  for (const path of [...indexes.flat(), ...filters, ...lists])
    if (!PATH.test(path)) throw new Error(`the projection ${name} has the path ${path} in an index, which is none`);
}

/** @throws Error that says what is wrong */
export function checkRollup({ name, version, dimensions, measures, durations, summaries, cells }: Rollup): void {
  checkNamed('rollup', name, version);
  for (const field of [...dimensions, ...measures, ...durations])
    if (!FIELD.test(field))
      throw new Error(`the rollup ${name} has the field ${field}: letters and digits are allowed`);
  for (const dimension of summaries.flat())
    if (!dimensions.includes(dimension))
      throw new Error(`the rollup ${name} sums up by ${dimension}, no dimension of it`);
  if (typeof cells !== 'function') throw new Error(`the rollup ${name} has no function cells`);
}

/** @throws Error that says what is wrong */
export function checkReport({ name, version, says, bases, dimensions, rollup, asks, rows }: Definition): void {
  checkNamed('report', name, version);
  if (typeof says !== 'string' || says === '') throw new Error(`the report ${name} does not say what it answers`);
  if (Object.keys(bases ?? {}).length === 0) throw new Error(`the report ${name} has no basis`);
  for (const [basis, { says: counts, window, by, policies, columns }] of Object.entries(bases)) {
    const all =
      typeof counts === 'string' && typeof window === 'string' && Array.isArray(by) && Array.isArray(policies);
    if (!all) throw new Error(`the basis ${basis} of the report ${name} lacks one of says, window, by, policies`);
    for (const [column, { kind }] of Object.entries(columns ?? {}))
      if (!FIELD.test(column) || !Object.hasOwn(kinds, kind))
        throw new Error(`the report ${name} has no column ${column} of kind ${kind}`);
  }
  for (const dimension of Object.keys(dimensions ?? {}))
    if (!rollup.dimensions.includes(dimension))
      throw new Error(`the report ${name} has the dimension ${dimension}, its rollup has not`);
  if (typeof asks !== 'function' || typeof rows !== 'function')
    throw new Error(`the report ${name} lacks asks or rows`);
}

function checkNamed(kind: string, name: unknown, version: unknown): void {
  if (typeof name !== 'string' || !NAME.test(name) || name.length > LONGEST_NAME)
    throw new Error(`a ${kind} is called ${String(name)}: names are lower-case words with hyphens between`);
  if (!Number.isSafeInteger(version) || Number(version) < 1)
    throw new Error(`the version of the ${kind} ${name} is a whole number from 1 on`);
}

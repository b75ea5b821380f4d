import { Invalid, Refusal } from '../errors.js';
import { addMilliseconds, CLOCK_SKEW } from '../time.js';
import { CsvFile } from './csv.js';
import type { Row } from './csv.js';
import { checkedMapping } from './mapping-check.js';
import { planned } from './plan.js';
import type { Plan, PlannedStep } from './plan.js';
import type { ImportedFile, Rejection } from './report.js';
import type { Targets } from './steps/step.js';

/** A checked import: the compiled mapping with the survey of its files. */
export interface Surveyed extends Survey {
  readonly plan: Plan;
}

/** Result of reading all files before the import begins. */
export interface Survey {
  readonly files: readonly ImportedFile[];
  /** Rows that cannot be read, or that no step takes. */
  readonly rejections: readonly Rejection[];
}

/**
 * Understands a mapping and looks at its files; nothing else is opened for that.
 * @param mapping what the mapping file says, as JSON
 * @param targets what rows can become
 * @param folder where the files are
 * @param now what is true later cannot have happened yet
 * @throws Invalid `mapping-invalid`, or what is wrong with the files
 */
export async function surveyed(mapping: unknown, targets: Targets, folder: string, now: string): Promise<Surveyed> {
  const plan = planned(checkedMapping(mapping, targets), targets, addMilliseconds(now, CLOCK_SKEW));
  return { plan, ...(await survey(plan, folder)) };
}

/**
 * Reads every file once: whether it can be read at all, whether it has the columns the mapping reads, what its rows answer to
 * look-ups. Nothing is written before all files have proved to be usable.
 * @throws Invalid with the code of what is wrong; `files-invalid`, naming all of it, when that is more than one thing
 */
async function survey(plan: Plan, folder: string): Promise<Survey> {
  const files: ImportedFile[] = [];
  const rejections: Rejection[] = [];
  const faults: Refusal[] = [];
  for (const name of usedFiles(plan)) {
    try {
      files.push(await look(plan, name, folder, rejections));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      faults.push(error);
    }
  }
  if (faults.length === 0) return { files, rejections };
  if (faults.length === 1) throw faults[0]!;
  throw new Invalid('files-invalid', faults.map(({ message }) => message).join(' '), {
    problems: faults.map(({ code, message, details }) => ({ code, message, ...details })),
  });
}

/** All files that steps read or look values up in. */
function usedFiles({ steps, tables }: Plan): ReadonlySet<string> {
  return new Set([...steps.flatMap(({ step }) => step.file ?? []), ...tables.map(({ file }) => file)]);
}

async function look(plan: Plan, name: string, folder: string, rejections: Rejection[]): Promise<ImportedFile> {
  const csv = new CsvFile(name, plan.mapping.files![name]!, folder);
  const tables = plan.tables.flatMap(({ file, table }) => (file === name ? [table] : []));
  const steps = plan.steps.filter(({ step }) => step.file === name);
  const ignores = plan.ignores.get(name);
  let [rows, ignored, settled] = [0, 0, false];
  for await (const batch of csv.batches()) {
    if (!settled) settle(plan, csv);
    settled = true;
    for (const row of batch) {
      rows += 1;
      if (ignores?.(row)) ignored += 1;
      else {
        const fault = row.fault ?? unmatched(row, steps);
        if (fault) rejections.push(rejected(csv, row, fault));
        if (!row.fault) for (const table of tables) table.take(row);
      }
    }
  }
  if (!settled) settle(plan, csv);
  return { name, path: csv.source.path, sha256: csv.sha256, rows, ignored };
}

function settle({ files }: Plan, csv: CsvFile): void {
  const missing = files.get(csv.name)!.settle(csv.columns);
  if (missing.length === 0) return;
  const columns = [...csv.columns.keys()];
  throw new Invalid(
    'column-missing',
    `${csv.source.path} has no column ${missing.join(', ')}; it has ${columns.join(', ')}.`,
    {
      file: csv.source.path,
      missing,
      columns,
    },
  );
}

/** Rejects rows that no step takes, so that no row is lost silently; `ignore` excludes rows on purpose. */
function unmatched(row: Row, steps: readonly PlannedStep[]): Refusal | undefined {
  if (steps.length === 0 || steps.some((step) => step.takes(row))) return undefined;
  return new Refusal('row-unmatched', 'No step takes this row, and the mapping does not ignore it.');
}

const rejected = ({ source }: CsvFile, { number, line }: Row, { code, message }: Refusal): Rejection => ({
  file: source.path,
  row: number,
  line,
  target: null,
  step: null,
  code,
  message,
});

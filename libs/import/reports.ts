import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileOf, isFile } from '../config.js';
import type { Config } from '../config.js';
import { Unavailable } from '../errors.js';
import { makeFolder } from '../folders.js';
import { isId } from '../ids.js';
import type { ImportedFile, ImportReport, Journal, Rejection } from './report.js';

/** Report of an earlier version about identical files. */
export interface EarlierImport {
  readonly rejections: readonly Rejection[];
  readonly steps: readonly { readonly target: string; readonly file: string | null }[];
}

const JOURNAL = '.rejections.jsonl';

/** Folder of the reports: beside the log, or beside the read models if the log is on a server. */
export function reportsFolder({ EVENT_STORE_URL, READ_MODELS_URL }: Config): string {
  const file = [EVENT_STORE_URL, READ_MODELS_URL].find(isFile);
  return join(file === undefined ? './data' : dirname(fileOf(file)), 'imports');
}

/** Stores the reports of imports in the data folder, one file each. */
export class Reports {
  constructor(private readonly folder: string) {}

  /** The file that takes the rejections of an import, one JSON document a line. */
  journal(importId: string): Journal {
    const path = join(this.folder, `${importId}${JOURNAL}`);
    kept(this.folder, () => makeFolder(this.folder));
    return { add: (lines) => kept(path, () => appendFileSync(path, lines)) };
  }

  keep(report: ImportReport): void {
    const path = join(this.folder, `${report.importId}.json`);
    kept(path, () => {
      makeFolder(this.folder);
      writeFileSync(`${path}.part`, `${JSON.stringify(report, null, 2)}\n`);
      renameSync(`${path}.part`, path);
    });
  }

  /** Whether an import of this id came to its end. */
  hasReport(importId: string): boolean {
    return this.#hasFile(importId, '.json');
  }

  /** Whether an import of this id has left a report, or rejections before it was interrupted. */
  has(importId: string): boolean {
    return this.hasReport(importId) || this.#hasFile(importId, JOURNAL);
  }

  #hasFile(importId: string, end: string): boolean {
    return isId(importId) && existsSync(join(this.folder, `${importId}${end}`));
  }

  /** Imports of these very files from before refusals were remembered in the log: all that is left are their reports. */
  *earlier(source: string, files: readonly ImportedFile[]): Generator<EarlierImport, void, undefined> {
    const same = new Map(files.map(({ path, sha256 }) => [path, sha256]));
    for (const name of this.#names()) {
      const report = parsed<Partial<ImportReport>>(text(join(this.folder, name)));
      if (!report || report.source !== source || report.incomplete !== undefined) continue;
      const ours = new Set(report.files?.flatMap(({ path, sha256 }) => (same.get(path) === sha256 ? [path] : [])));
      const lines = text(join(this.folder, name.replace(/\.json$/, JOURNAL))).split('\n');
      yield {
        rejections: lines.flatMap((line) => parsed<Rejection>(line) ?? []).filter(({ file }) => ours.has(file ?? '')),
        steps: (report.steps ?? []).filter(({ file }) => ours.has(file ?? '')),
      };
    }
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.folder).filter((name) => name.endsWith('.json'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}

/** Text of a file; nothing when it does not exist. */
function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Parses a document; nothing for an incomplete one, which a killed program may leave. */
function parsed<Document>(json: string): Document | undefined {
  try {
    return JSON.parse(json) as Document;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Writes a file. @throws Unavailable `report-unwritable`: the import ends, and a later run continues it */
function kept(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new Unavailable('report-unwritable', `${path} cannot be written: ${(error as Error).message}.`, 5, { path });
  }
}

import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inFolder, readConfig } from '../libs/config.js';
import type { Config } from '../libs/config.js';
import { makeLog } from './log.js';
import type { LogSize, MadeLog } from './log.js';

/** Top of the project: this file runs from `dist/benchmarks`. */
export const project = fileURLToPath(new URL('../..', import.meta.url));

/** Logs that measurements share. */
const sizes = {
  /** As large as the real data set. */
  real: { customers: 1_000, events: 26_000 },
  year: { customers: 4_000, events: 100_000 },
  /** Few events, but a long list. */
  customers: { customers: 100_000, events: 320_000 },
  /** As many who have bought as the best known data set of purchases has. */
  buyers: { customers: 23_500, events: 141_000, buying: true },
  million: { customers: 40_000, events: 1_000_000 },
  millions: { customers: 120_000, events: 3_000_000 },
} as const satisfies Record<string, LogSize>;

export type LogName = keyof typeof sizes;

/** A folder of data files, with what is known of its log. */
export interface Data extends MadeLog {
  readonly folder: string;
  readonly log: string;
}

/** Where a run keeps its files: on the disk of the project, for the one of temporary files may be memory. */
export class Workspace {
  readonly #root: string;
  readonly #logs = new Map<LogName, Data>();
  #folders = 0;

  constructor(private readonly note: (text: string) => void) {
    const cache = join(project, 'node_modules/.cache');
    mkdirSync(cache, { recursive: true });
    this.#root = mkdtempSync(join(cache, 'annals-bench-'));
  }

  /** An empty folder. */
  folder(): string {
    const folder = join(this.#root, String((this.#folders += 1)));
    mkdirSync(folder);
    return folder;
  }

  /** A log that everybody shares and nobody writes to. */
  async log(name: LogName): Promise<Data> {
    const kept = this.#logs.get(name);
    if (kept) return kept;
    const size = sizes[name];
    this.note(`making a log of ${size.events.toLocaleString('en')} events`);
    const folder = this.folder();
    const log = join(folder, 'events.db');
    const data = { folder, log, ...(await makeLog(log, size)) };
    this.#logs.set(name, data);
    return data;
  }

  /** The files of a folder once more, for work that changes them. */
  copy(folder: string): string {
    const copy = this.folder();
    cpSync(folder, copy, { recursive: true });
    return copy;
  }

  /** Lets go of files that are large, before the next are made. */
  drop(folder: string): void {
    rmSync(folder, { recursive: true, force: true });
    for (const [name, data] of this.#logs) if (data.folder === folder) this.#logs.delete(name);
  }

  close(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** Where the read models of such a folder are. */
export const readModelsIn = (folder: string): string => inFolder(folder).READ_MODELS_URL!;

/** The settings of the program on such a folder. */
export const configFor = (folder: string, over: Partial<Config> = {}): Config =>
  readConfig({ ...inFolder(folder), LOG_LEVEL: 'error', HOST: '127.0.0.1', PORT: 0, DURABILITY: 'full', ...over });

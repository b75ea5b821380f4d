import { statSync } from 'node:fs';
import type { Clock } from '../../clock.js';
import { fileOf, isFile } from '../../config.js';
import type { ProcessMemory } from './process-memory.js';
import { ScratchProcessMemory } from './scratch.process-memory.js';
import { SqliteProcessMemory } from './sqlite.process-memory.js';

export interface Opening {
  /** `EVENT_STORE_URL`: processes remember where the log lies. */
  readonly url: string;
  readonly clock: Clock;
  /** Without a file there is nothing to read. */
  readonly readOnly?: boolean;
}

/** The engine that belongs to the engine of the log. */
export async function openProcessMemory({ url, clock, readOnly = false }: Opening): Promise<ProcessMemory> {
  if (isFile(url)) {
    const path = memoryBeside(fileOf(url));
    if (readOnly && !statSync(path, { throwIfNoEntry: false })?.size) return new ScratchProcessMemory();
    return new SqliteProcessMemory({ path, clock, readOnly });
  }
  // Loaded when it is asked for, like the engine of the log.
  const { EsdbProcessMemory } = await import('./esdb.process-memory.js');
  return new EsdbProcessMemory(url);
}

/** The file beside that of a log: named after it, since several logs may lie in one folder. */
export const memoryBeside = (log: string): string => log.replace(/(\.db)?$/, '-processes.db');

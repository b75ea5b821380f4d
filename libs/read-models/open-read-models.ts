import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock.js';
import { fileOf, isFile } from '../config.js';
import type { ReadModels } from './read-models.js';
import { SqliteReadModels } from './sqlite/sqlite.read-models.js';

export interface Opening {
  /** `READ_MODELS_URL`. */
  readonly url: string;
  readonly clock: Clock;
  readonly readOnly?: boolean;
  /** Called with notes about the engine for the operator. */
  readonly note: (what: string, details: Readonly<Record<string, unknown>>) => void;
  /** How long to wait for a server that does not answer, in milliseconds. @defaultValue 30,000 */
  readonly patience?: number;
}

/** Opens the engine that the URL names. */
export async function openReadModels({ url, clock, readOnly = false, ...how }: Opening): Promise<ReadModels> {
  if (isFile(url)) return new SqliteReadModels({ path: fileOf(url), clock, readOnly });
  // Loaded on demand: the embedded engine does not need the driver.
  const { MongoReadModels } = await import('./mongo/mongo.read-models.js');
  return MongoReadModels.open({ url, clock, readOnly, ...how });
}

/** Temporary read models in a folder that is deleted when they are closed. */
export function scratch(clock: Clock): ReadModels {
  const folder = mkdtempSync(join(tmpdir(), 'annals-past-'));
  const readModels = new SqliteReadModels({ path: join(folder, 'read-models.db'), clock });
  const close = readModels.close.bind(readModels);
  readModels.close = async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  };
  return readModels;
}

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
  /** What an operator should know about the engine. */
  readonly note: (what: string, details: Readonly<Record<string, unknown>>) => void;
  /** How long to wait for a server that is not there, in milliseconds; half a minute unless told otherwise. */
  readonly patience?: number;
}

/** The engine that the URL names. */
export async function openReadModels({ url, clock, readOnly = false, ...how }: Opening): Promise<ReadModels> {
  if (isFile(url)) return new SqliteReadModels({ path: fileOf(url), clock, readOnly });
  // Loaded when it is asked for: who keeps everything in files does without the driver.
  const { MongoReadModels } = await import('./mongo/mongo.read-models.js');
  return MongoReadModels.open({ url, clock, readOnly, ...how });
}

/** Read models in a folder of their own that goes when they are closed. */
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

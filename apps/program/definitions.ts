import { InstalledExtensions } from '../../libs/extensions/extensions.js';
import { loadExtensions } from '../../libs/extensions/load.js';
import type { Config } from '../../libs/config.js';
import { answerable } from '../../libs/reports/reports.js';
import type { Answerable } from '../../libs/reports/reports.js';
import type { ReadModel } from '../../libs/read-models/rollup.js';
import { earlierReadModels, listed } from './contexts.js';
import type { Parts } from './contexts.js';

/** What a program keeps up and answers. */
export interface Installation extends Answerable {
  /** All that it can keep up: its read models, and earlier definitions of them that can be gone back to. */
  readonly definitions: readonly ReadModel[];
  readonly extensions: InstalledExtensions;
}

/** The projections and reports of the source. */
export const { readModels, reports } = answerable(listed.readModels, listed.reports);

export const definitions: readonly ReadModel[] = [...readModels, ...earlierReadModels];

/** What these parts list, and the extensions that the settings name. */
export async function installationOf(
  { EXTENSIONS }: Pick<Config, 'EXTENSIONS'>,
  parts: Parts = listed,
): Promise<Installation> {
  const own = answerable(parts.readModels, parts.reports);
  const added = EXTENSIONS === '' ? { readModels: [], reports: [], status: [] } : await loadExtensions(EXTENSIONS, own);
  const all = answerable([...parts.readModels, ...added.readModels], [...parts.reports, ...added.reports]);
  return {
    ...all,
    definitions: [...all.readModels, ...earlierReadModels],
    extensions: new InstalledExtensions(added.status),
  };
}

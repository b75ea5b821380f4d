import { InstalledExtensions } from '../../libs/extensions/extensions.js';
import { loadExtensions } from '../../libs/extensions/load.js';
import type { Config } from '../../libs/config.js';
import { answerable } from '../../libs/reports/reports.js';
import type { Answerable } from '../../libs/reports/reports.js';
import type { ReadModel } from '../../libs/read-models/rollup.js';
import { earlierReadModels, readModels as listed, reports as listedReports } from './contexts.js';

/** What a program keeps up and answers. */
export interface Installation extends Answerable {
  /** All that it can keep up: its read models, and earlier definitions of them that can be gone back to. */
  readonly definitions: readonly ReadModel[];
  readonly extensions: InstalledExtensions;
}

const own = answerable(listed, listedReports);

/** The projections and reports of the source. */
export const { readModels, reports } = own;

export const definitions: readonly ReadModel[] = [...readModels, ...earlierReadModels];

/** Those of the source, and of the extensions that the settings name. */
export async function installationOf({ EXTENSIONS }: Pick<Config, 'EXTENSIONS'>): Promise<Installation> {
  if (EXTENSIONS === '') return { ...own, definitions, extensions: new InstalledExtensions([]) };
  const added = await loadExtensions(EXTENSIONS, own);
  const all = answerable([...listed, ...added.readModels], [...listedReports, ...added.reports]);
  return {
    ...all,
    definitions: [...all.readModels, ...earlierReadModels],
    extensions: new InstalledExtensions(added.status),
  };
}

import { answerable } from '../../libs/reports/reports.js';
import type { Answerable } from '../../libs/reports/reports.js';
import type { ReadModel } from '../../libs/read-models/rollup.js';
import { earlierReadModels, readModels as listed } from '../../projections/index.js';
import { reports as listedReports } from '../../reports/index.js';

/** What a program keeps up and answers. */
export interface Installation extends Answerable {
  /** All that it can keep up: its read models, and earlier definitions of them that can be gone back to. */
  readonly definitions: readonly ReadModel[];
}

/** The projections and reports of the source. */
export const { readModels, reports } = answerable(listed, listedReports);

export const definitions: readonly ReadModel[] = [...readModels, ...earlierReadModels];

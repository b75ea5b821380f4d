import { join } from 'node:path';
import type { History } from '../../libs/audit/queries.js';
import type { StructureChart } from '../../libs/organisation/queries.js';
import type { Report } from '../../libs/reports/answer.js';
import { folder } from '../support/folder.js';
import { answerOf } from './program.js';

/** What `annals demo --json` answers. */
export interface Demo {
  readonly events: number;
  readonly funnel: Report;
  readonly retention: Report;
  readonly chart: StructureChart;
  readonly customer: { readonly customerId: string; readonly details: { readonly name: string } };
  readonly history: History;
}

/** What `annals status --json` answers. */
export interface Status {
  readonly log: { readonly events: number };
  readonly readModels: { readonly all: number; readonly upToDate: number };
  readonly writer: { readonly program: string; readonly pid: number; readonly url?: string } | null;
}

/** The folder a demo is made up in, for the tests of one file. */
export const data = join(folder(), 'demo');

export const makeUp = (): Promise<Demo> => answerOf<Demo>('demo', '--no-serve', '--data', data);

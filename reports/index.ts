import type { Listed } from '../libs/reports/reports.js';
import { funnel } from './funnel.js';
import { performance } from './performance.js';
import { portfolio } from './portfolio.js';
import { retention } from './retention.js';
import { rfm } from './rfm.js';

/**
 * Every report there is, in the order of `docs/reports.md`. What is listed here is kept up beside the documents it is counted from, and
 * has a route, a command, CSV and its part of the documentation; so has a rollup alone, with its measures as columns.
 */
export const reports: readonly Listed[] = [funnel, performance, retention, rfm, portfolio];

import type { Definition, kinds } from '../libs/reports/report.js';
import type { answered, asked } from '../libs/reports/question.js';
import type { styles } from '../libs/reports/table.js';

/** What the page is written from. */
export interface ReportWords {
  readonly reports: readonly Definition[];
  readonly kinds: typeof kinds;
  readonly percentileRule: string;
  readonly asked: typeof asked;
  readonly answered: typeof answered;
  readonly styles: typeof styles;
}

/** The page, from what the code of the reports exports. */
export function reportsPage(words: ReportWords): string;
/** The page from the built program. */
export function writtenReportsPage(): Promise<string>;

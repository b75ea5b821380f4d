import type { kinds, Source } from '../libs/reports/definition.js';
import type { answered, asked } from '../libs/reports/question.js';
import type { styles } from '../libs/reports/table.js';

/** What the page is written from. */
export interface ReportWords {
  readonly sources: Readonly<Record<string, Source>>;
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

import { funnelReport } from './funnel.js';
import { performanceReport } from './performance.js';
import { portfolioReport } from './portfolio.js';
import type { Source } from './definition.js';
import type { ReportName } from './report.js';
import { retentionReport } from './retention.js';
import { rfmReport } from './rfm.js';

/** Every report there is, with what its figures mean; `docs/reports.md` is written from it. */
export const sources: Readonly<Record<ReportName, Source>> = {
  funnel: funnelReport,
  performance: performanceReport,
  retention: retentionReport,
  rfm: rfmReport,
  portfolio: portfolioReport,
};

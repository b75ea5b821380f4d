import type { Column, Kind } from './report.js';

/* A figure of a report with the sentence that says what it means, by the kind of its values. */

const of =
  (kind: Kind) =>
  (says: string): Column => ({ kind, says });

export const text = of('text');
export const count = of('count');
export const counts = of('counts');
export const share = of('share');
export const shares = of('shares');
export const money = of('money');
export const amounts = of('amounts');
export const ratios = of('ratios');
export const duration = of('duration');
export const index = of('index');
export const indexes = of('indexes');
export const flag = of('flag');

/** It tells what is the case at the moment that is asked about, so rows by `month` or `day` do not have it. */
export const ofTheMoment = (column: Column): Column => ({ ...column, ofTheMoment: true });

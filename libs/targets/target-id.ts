import { idFrom } from '../ids.js';
import type { NewTarget } from './commands.js';

/**
 * Made from what a target is for, so that all who set the same one meet on one stream: nobody sets a second target of a
 * subject, figure, period and currency, not even at the same moment.
 */
export const targetIdOf = ({ kpi, subject, period, value }: NewTarget): string =>
  idFrom('target', kpi, subject.kind, subject.id, period, value.currency);

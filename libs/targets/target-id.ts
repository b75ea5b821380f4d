import { idFrom } from '../ids.js';
import type { Money } from '../money.js';
import type { Kpi, TargetSubject } from './events.js';

interface TargetedFigure {
  readonly kpi: Kpi;
  readonly subject: TargetSubject;
  readonly period: string;
  readonly value: Money;
}

/**
 * Made from what a target is for, so that all who set the same one meet on one stream: nobody sets a second target of a
 * subject, figure, period and currency, not even at the same moment.
 */
export const targetIdOf = ({ kpi, subject, period, value }: TargetedFigure): string =>
  idFrom('target', kpi, subject.kind, subject.id, period, value.currency);

import { Command } from '@nestjs/cqrs';
import type { Decided } from '../event-store/streams.js';
import type { Money } from '../money.js';
import type { Kpi, TargetSubject } from './events.js';

export interface NewTarget {
  readonly kpi: Kpi;
  readonly subject: TargetSubject;
  /** A year, quarter or month of the calendar. */
  readonly period: string;
  readonly value: Money;
}

/** Lay down what a figure is to come to. The id is the one that `targetIdOf` gives: there is one target of a kind. */
export class SetTarget extends Command<Decided> {
  constructor(
    readonly targetId: string,
    readonly target: NewTarget,
  ) {
    super();
  }
}

/** Have it come to something else. */
export class ReviseTarget extends Command<Decided> {
  constructor(
    readonly targetId: string,
    readonly value: Money,
    readonly reason: string,
  ) {
    super();
  }
}

/** Have no such target any more. */
export class WithdrawTarget extends Command<Decided> {
  constructor(
    readonly targetId: string,
    readonly reason: string,
  ) {
    super();
  }
}

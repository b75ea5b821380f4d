import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { structureChart } from '../../projections/structure-chart.js';
import { targetList } from '../../projections/target-list.js';
import type { TargetLine } from '../../projections/target-list.js';
import { Missing } from '../errors.js';
import type { Find, Found } from '../read-models/read-models.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import type { Kpi } from './events.js';

export class GetTarget extends Query<TargetLine> {
  constructor(
    readonly targetId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetTarget)
export class GetTargetHandler implements IQueryHandler<GetTarget> {
  constructor(private readonly reading: Reading) {}

  async execute({ targetId, when }: GetTarget): Promise<TargetLine> {
    const target = await this.reading.document(targetList, targetId, when);
    if (!target) throw new Missing('target', targetId);
    return target;
  }
}

export interface TargetListing extends When, Pick<Find, 'limit' | 'cursor'> {
  /** Id of an employee or a unit. */
  readonly subject?: string | undefined;
  readonly period?: string | undefined;
  readonly kpi?: Kpi | undefined;
  readonly status?: TargetLine['status'] | undefined;
}

export class ListTargets extends Query<Found<TargetLine>> {
  constructor(readonly listing: TargetListing = {}) {
    super();
  }
}

@QueryHandler(ListTargets)
export class ListTargetsHandler implements IQueryHandler<ListTargets> {
  constructor(private readonly reading: Reading) {}

  async execute({ listing }: ListTargets): Promise<Found<TargetLine>> {
    const { subject, period, kpi, status, limit = 50, cursor } = listing;
    await this.reading.known(structureChart, 'subject', subject, ({ entry }) => entry !== 'position');
    const readModels = await this.reading.of(targetList, listing);
    const filter = { 'subject.id': subject, period, kpi, status };
    return readModels.find(targetList, { filter, sort: ['period'], limit, cursor });
  }
}

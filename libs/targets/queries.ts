import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { structureChart } from '../../projections/structure-chart.js';
import { targetList } from '../../projections/target-list.js';
import type { TargetLine } from '../../projections/target-list.js';
import { id, oneOf } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { Missing } from '../errors.js';
import { page } from '../http/asked.js';
import type { Found } from '../read-models/read-models.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import { period } from './commands.js';
import { kpis } from './events.js';

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

/** What targets are listed by. */
export const targetFilters = {
  ...page,
  subject: id().optional().describe('Id of an employee or a unit.'),
  period: period().optional().describe('Exactly this year, quarter or month.'),
  kpi: oneOf(kpis).optional(),
  status: oneOf(['set', 'withdrawn']).optional(),
};

export class ListTargets extends Query<Found<TargetLine>> {
  constructor(readonly listing: ValuesOf<typeof targetFilters> = {}) {
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

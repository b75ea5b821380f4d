import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { fromTheStart, poolList, poolView } from '../../projections/pool-list.js';
import type { PoolView } from '../../projections/pool-list.js';
import { oneOf } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { Missing } from '../errors.js';
import { page } from '../http/asked.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import type { Found } from '../read-models/read-models.js';
import { poolKinds } from '../pooling.js';

export class GetPool extends Query<PoolView> {
  constructor(
    readonly poolId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetPool)
export class GetPoolHandler implements IQueryHandler<GetPool> {
  constructor(private readonly reading: Reading) {}

  async execute({ poolId, when }: GetPool): Promise<PoolView> {
    const common = fromTheStart.find((each) => each.poolId === poolId);
    const pool = (await this.reading.document(poolList, poolId, when)) ?? common;
    if (!pool) throw new Missing('pool', poolId);
    return poolView(pool);
  }
}

/** What pools are listed by. */
export const poolFilters = {
  ...page,
  kind: oneOf(poolKinds).optional(),
  status: oneOf(['enabled', 'disabled', 'closed']).optional(),
};

export class ListPools extends Query<Found<PoolView>> {
  constructor(readonly listing: ValuesOf<typeof poolFilters> = {}) {
    super();
  }
}

@QueryHandler(ListPools)
export class ListPoolsHandler implements IQueryHandler<ListPools> {
  constructor(private readonly reading: Reading) {}

  /** Common pools that are as they were from the start stand before the first page. */
  async execute({ listing }: ListPools): Promise<Found<PoolView>> {
    const { kind, status, limit = 50, cursor } = listing;
    const readModels = await this.reading.of(poolList, listing);
    const found = await readModels.find(poolList, { filter: { kind, status }, sort: ['nameKey'], limit, cursor });
    const known = await Promise.all(fromTheStart.map(({ poolId }) => readModels.get(poolList, poolId)));
    const untouched = fromTheStart.filter(
      (pool, index) => !known[index] && (kind ?? pool.kind) === pool.kind && (status ?? pool.status) === pool.status,
    );
    const first = cursor === undefined ? untouched : [];
    return { ...found, items: [...first, ...found.items].map(poolView) };
  }
}

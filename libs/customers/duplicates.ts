import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { customerKeys } from '../../projections/customer-keys.js';
import { customerList, customerView } from '../../projections/customer-list.js';
import type { CustomerLine, CustomerView } from '../../projections/customer-list.js';
import { Missing } from '../errors.js';
import { Reading } from '../read-models/asking/reading.js';
import { normalForm } from '../text.js';

/** Maximum number of customers found by one key. */
const MOST = 20;

/** A customer that might be the same. */
export interface DuplicateCandidate {
  readonly customer: CustomerView;
  /** What both have: the normal form of the name counts where the regions are not known to differ. */
  readonly by: readonly ('name' | 'tax' | 'domain' | 'phone' | 'email')[];
}

export interface DuplicateCandidates {
  /** Those with most in common first. */
  readonly items: readonly DuplicateCandidate[];
}

export class GetDuplicates extends Query<DuplicateCandidates> {
  constructor(
    readonly customerId: string,
    readonly asked: { readonly after?: number | undefined } = {},
  ) {
    super();
  }
}

@QueryHandler(GetDuplicates)
export class GetDuplicatesHandler implements IQueryHandler<GetDuplicates> {
  constructor(private readonly reading: Reading) {}

  async execute({ customerId, asked: { after } }: GetDuplicates): Promise<DuplicateCandidates> {
    await this.reading.known(customerList, 'customer', customerId);
    const when = after === undefined ? {} : { after };
    const [keysOf, lines] = await Promise.all([
      this.reading.of(customerKeys, when),
      this.reading.of(customerList, when),
    ]);
    const [own, line] = await Promise.all([keysOf.get(customerKeys, customerId), lines.get(customerList, customerId)]);
    if (!line) throw new Missing('customer', customerId);
    const found = new Map<string, Set<DuplicateCandidate['by'][number]>>();
    await Promise.all(
      (own?.keys ?? []).map(async (key) => {
        const filter = { keys: { $has: key }, customerId: { $ne: customerId } };
        const by = key.slice(0, key.indexOf(':')) as DuplicateCandidate['by'][number];
        for (const each of (await keysOf.find(customerKeys, { filter, limit: MOST })).items)
          found.set(each.customerId, (found.get(each.customerId) ?? new Set()).add(by));
      }),
    );
    const candidates = await Promise.all(
      [...found].map(async ([id, by]) => ({ other: await lines.get(customerList, id), by })),
    );
    const items = candidates.flatMap(({ other, by }) => {
      if (!other || other.kind !== line.kind) return [];
      if (!isSameRegion(line, other)) by.delete('name');
      return by.size === 0 ? [] : [{ customer: customerView(other), by: [...by].sort() }];
    });
    items.sort(
      (one, other) => other.by.length - one.by.length || (one.customer.customerId < other.customer.customerId ? -1 : 1),
    );
    return { items };
  }
}

const isSameRegion = ({ region }: CustomerLine, other: CustomerLine): boolean =>
  region === null || other.region === null || normalForm(region) === normalForm(other.region);

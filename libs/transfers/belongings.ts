import { Injectable } from '@nestjs/common';
import { opportunityBoard } from '../../projections/opportunity-board.js';
import { taskList } from '../../projections/task-list.js';
import { EventStore } from '../event-store/event-store.js';
import { Reading } from '../read-models/asking/reading.js';
import type { Projection } from '../read-models/projection.js';
import type { Filter } from '../read-models/read-models.js';
import type { TransferForm, TransferItem } from './events.js';

const PAGE = 500;

/** What goes along with customers, which only read models tell. */
@Injectable()
export class Belongings {
  constructor(
    private readonly store: EventStore,
    private readonly reading: Reading,
  ) {}

  /** Of all these opportunities, those that belong to none of the customers. */
  async strangers(opportunityIds: readonly string[], customerIds: readonly string[]): Promise<string[]> {
    if (opportunityIds.length === 0) return [];
    await this.#passed(opportunityBoard);
    const readModels = await this.reading.of(opportunityBoard);
    const found = await Promise.all(opportunityIds.map((id) => readModels.get(opportunityBoard, id)));
    return opportunityIds.filter((_, index) => {
      const customerId = found[index]?.customerId ?? null;
      return customerId === null || !customerIds.includes(customerId);
    });
  }

  /** What goes along with a customer, as a form says. */
  async of(customerId: string, { include, fromOwnerId }: TransferForm): Promise<TransferItem[]> {
    const { opportunities, opportunityIds, tasks, ofOthers } = include;
    const items: TransferItem[] = [];
    const isMeant = (ownerId: string | null) => ofOthers || ownerId === fromOwnerId;
    if (opportunities !== 'none') {
      const status = opportunities === 'open' ? { status: 'open' } : {};
      for await (const { opportunityId: id, ownerId } of this.#all(opportunityBoard, { customerId, ...status })) {
        const isListed = opportunities !== 'listed' || opportunityIds.includes(id);
        if (isListed && isMeant(ownerId)) {
          items.push({ kind: 'opportunity', id, fromOwnerId: ownerId, withCustomerId: customerId });
        }
      }
    }
    if (tasks === 'open') {
      for await (const { taskId: id, assigneeId, status } of this.#all(taskList, { customerId })) {
        if (status === 'done' || status === 'cancelled' || !isMeant(assigneeId)) continue;
        items.push({ kind: 'task', id, fromOwnerId: assigneeId, withCustomerId: customerId });
      }
    }
    return items;
  }

  async *#all<Document>(projection: Projection<Document>, filter: Filter): AsyncGenerator<Document> {
    await this.#passed(projection as Projection);
    const readModels = await this.reading.of(projection as Projection);
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const { items, next } = await readModels.find(projection, { filter, limit: PAGE, cursor });
      yield* items;
      cursor = next;
    }
  }

  async #passed(projection: Projection): Promise<void> {
    await this.reading.passed(projection, await this.store.head());
  }
}

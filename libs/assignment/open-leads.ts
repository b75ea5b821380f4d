import { Injectable } from '@nestjs/common';
import { leadList } from '../../projections/lead-list.js';
import { EventStore } from '../event-store/event-store.js';
import { Reading } from '../read-models/asking/reading.js';
import { openStatuses } from '../leads/events.js';

/** How many open leads each person has, which no stream tells. */
@Injectable()
export class OpenLeads {
  constructor(
    private readonly store: EventStore,
    private readonly reading: Reading,
  ) {}

  /** The list of leads is asked once it shows whatever was answered before the command. */
  async of(employeeIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    await this.reading.passed(leadList, await this.store.head());
    const readModels = await this.reading.of(leadList);
    const counts = employeeIds.map(async (ownerId) => {
      const count = await readModels.count(leadList, { ownerId, status: { $in: openStatuses } });
      return [ownerId, count] as const;
    });
    return new Map(await Promise.all(counts));
  }
}

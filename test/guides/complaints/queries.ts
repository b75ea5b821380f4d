import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { oneOf } from '../../../libs/commands/fields.js';
import type { ValuesOf } from '../../../libs/commands/fields.js';
import { page } from '../../../libs/http/asked.js';
import { Reading } from '../../../libs/read-models/asking/reading.js';
import type { Found } from '../../../libs/read-models/read-models.js';
import { complaintList } from './complaint-list.js';
import type { ComplaintItem } from './complaint-list.js';
import { topics } from './events.js';

/** What complaints are listed by. */
export const complaintFilters = { ...page, topic: oneOf(topics).optional() };

export class ListComplaints extends Query<Found<ComplaintItem>> {
  constructor(readonly listing: ValuesOf<typeof complaintFilters> = {}) {
    super();
  }
}

@QueryHandler(ListComplaints)
export class ListComplaintsHandler implements IQueryHandler<ListComplaints> {
  constructor(private readonly reading: Reading) {}

  async execute({ listing }: ListComplaints): Promise<Found<ComplaintItem>> {
    const { topic, limit = 50, cursor } = listing;
    const readModels = await this.reading.of(complaintList, listing);
    return readModels.find(complaintList, { filter: { topic }, sort: ['receivedAt'], limit, cursor });
  }
}

import { Injectable } from '@nestjs/common';
import { evolve } from '../event-store/decider.js';
import { EventStore } from '../event-store/event-store.js';
import { Streams } from '../event-store/streams.js';
import { Decisions } from '../read-models/decisions.js';
import type { Copy, Looked, RolledBack } from '../read-models/decisions.js';
import { readModelHistory } from './read-model.decider.js';

/** The last rollback of a read model, according to the log. */
export const rolledBackIn =
  (store: EventStore): Looked =>
  async (readModel) => {
    let known = readModelHistory.initial;
    for await (const event of store.stream(`${readModelHistory.category}-${readModel}`)) {
      known = evolve(readModelHistory, known, event);
    }
    return known.rebuilding ? undefined : known.rolledBack;
  };

/** Records decisions of users about read models in the log. */
@Injectable()
export class RecordedDecisions extends Decisions {
  constructor(private readonly streams: Streams) {
    super();
  }

  async rebuildRequested(readModel: string, copy: Copy): Promise<void> {
    await this.streams.decide(readModelHistory, readModel, () => [
      { type: 'ReadModelRebuildRequested', data: { readModel, copy } },
    ]);
  }

  async rebuildCancelled(readModel: string, copy: Copy): Promise<void> {
    await this.streams.decide(readModelHistory, readModel, () => [
      { type: 'ReadModelRebuildCancelled', data: { readModel, copy } },
    ]);
  }

  async rolledBack(readModel: string, { to, from }: RolledBack): Promise<void> {
    await this.streams.decide(readModelHistory, readModel, () => [
      { type: 'ReadModelRolledBack', data: { readModel, to, from } },
    ]);
  }
}

import { Injectable } from '@nestjs/common';
import { Invalid, Unavailable } from '../errors.js';
import { EventStore } from '../event-store/event-store.js';
import type { Until } from '../event-store/event-store.js';
import { servingOf } from './partitions.js';
import { Past } from './past.js';
import type { Projection } from './projection.js';
import { ReadModels } from './read-models.js';

/** The moment a question is about; without any of these, now. */
export interface When {
  /** Position of a command the asker has seen succeed: wait until the read model shows it. */
  readonly after?: number | undefined;
  /** A past moment, inclusive. */
  readonly asOf?: string | undefined;
  /** What `asOf` means: what had happened by then (the default), or what we knew by then. */
  readonly axis?: Until['axis'] | undefined;
  /** The revision of the document's stream. */
  readonly atRevision?: number | undefined;
}

/** How long a question waits for its read model, in milliseconds. */
const PATIENCE = 5_000;

/** Where queries get their read models: as they are, once they have caught up, or as they were. */
@Injectable()
export class Reading {
  constructor(
    private readonly store: EventStore,
    private readonly readModels: ReadModels,
    private readonly past: Past,
  ) {}

  /** The read models in which this projection is as it was at that moment. Answers about the past share one scratch copy. */
  async of(projection: Projection, when: When = {}): Promise<ReadModels> {
    if (when.atRevision !== undefined) {
      throw new Invalid('revision-not-here', 'Only a single document can be asked for at a revision.', {
        field: 'atRevision',
      });
    }
    const until = untilOf(when);
    if (until) return this.past.of(projection, until);
    if (when.after !== undefined) await this.passed(projection, when.after);
    return this.readModels;
  }

  /** One document at that moment; a document that lives on one stream is folded from that stream alone. */
  async document<Document>(
    projection: Projection<Document>,
    id: string,
    when: When = {},
  ): Promise<Document | undefined> {
    const until = untilOf(when);
    const past = until !== undefined || when.atRevision !== undefined;
    const serving = past ? (await this.past.definition(projection)).projection : projection;
    if (past && serving.stream) {
      const range = { ...(until && { until }), ...(when.atRevision !== undefined && { to: when.atRevision }) };
      let document: unknown = null;
      const types = new Set(serving.types);
      for await (const events of this.store.pages(serving.stream(id), range)) {
        for (const event of events) {
          if (types.has(event.type) && serving.ids(event).includes(id)) document = serving.evolve(document, event, id);
        }
      }
      return (document as Document | null) ?? undefined;
    }
    return (await this.of(projection, when)).get(projection, id);
  }

  /** Waits until everything up to `position` has been looked at. @throws Unavailable `read-model-behind`, with where it stands */
  async passed(projection: Projection, position: number): Promise<void> {
    const head = await this.store.head();
    if (position > head) {
      throw new Invalid('log-position-unknown', `The log ends at position ${head}.`, { field: 'after', head });
    }
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      const generations = await this.readModels.generations();
      const [active] = servingOf(generations, projection.name);
      if (active && active.position >= position) return;
      if (performance.now() >= deadline) {
        throw new Unavailable('read-model-behind', `${projection.name} has not reached position ${position} yet.`, 1, {
          position: active?.position ?? 0,
          asked: position,
        });
      }
      await this.readModels.changed();
    }
  }
}

function untilOf({ asOf, axis = 'occurred' }: When): Until | undefined {
  return asOf === undefined ? undefined : { axis, time: asOf };
}

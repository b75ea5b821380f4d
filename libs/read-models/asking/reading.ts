import { Injectable, Optional } from '@nestjs/common';
import { Invalid, Missing, Refusal, Unavailable } from '../../errors.js';
import { EventStore } from '../../event-store/event-store.js';
import type { Until } from '../../event-store/event-store.js';
import { servingOf } from '../partitions.js';
import { endOf } from '../../time.js';
import { Past } from './past.js';
import { BackgroundProjector } from '../building/projector-thread.js';
import type { Projection } from '../projection.js';
import { ReadModels } from '../read-models.js';
import type { Filter } from '../read-models.js';

/** The moment a question is about; without any of these, now. */
export interface When {
  /** Position of a command the asker has seen succeed: wait until the read model shows it. */
  readonly after?: number | undefined;
  /** A past moment, inclusive, or a day, which means its end in the zone that reports are kept in. */
  readonly asOf?: string | undefined;
  /** What `asOf` means: what had happened by then (the default), or what we knew by then. */
  readonly axis?: Until['axis'] | undefined;
  /** The revision of the document's stream. */
  readonly atRevision?: number | undefined;
}

/** How long a question waits for its read model, in milliseconds. */
const PATIENCE = 5_000;

/** Documents that are looked at for a value that is not indexed, such as the pipelines for a stage. */
const MOST_LOOKED_AT = 1_000;

/** Where queries get their read models: as they are, once they have caught up, or as they were. */
@Injectable()
export class Reading {
  constructor(
    private readonly store: EventStore,
    private readonly readModels: ReadModels,
    private readonly past: Past,
    @Optional() private readonly projecting?: BackgroundProjector,
  ) {}

  /** The past moment a question is about. */
  momentOf({ asOf }: When): string | undefined {
    return asOf === undefined ? undefined : endOf(asOf, this.past.zone);
  }

  /** The part of the log that a question is about; nothing where it is about all of it. @throws Invalid `axis-without-moment` */
  until(when: When): Until | undefined {
    return untilOf({ ...when, asOf: this.momentOf(when) });
  }

  /** The read models in which this projection is as it was at that moment. Answers about the past share one scratch copy. */
  async of(projection: Projection, when: When = {}): Promise<ReadModels> {
    if (when.atRevision !== undefined) {
      throw new Invalid('revision-not-here', 'Only a single document can be asked for at a revision.', {
        field: 'atRevision',
      });
    }
    const until = this.until(when);
    if (until) return this.past.of(projection, until);
    if (when.after !== undefined) await this.passed(projection, when.after);
    await this.#isBuilt(projection);
    return this.readModels;
  }

  /** One document at that moment; a document that lives on one stream is folded from that stream alone. */
  async document<Document>(
    projection: Projection<Document>,
    id: string,
    when: When = {},
  ): Promise<Document | undefined> {
    const until = this.until(when);
    const past = until !== undefined || when.atRevision !== undefined;
    const serving = past ? (await this.past.definition(projection)).projection : projection;
    if (past && serving.stream) {
      if (when.atRevision !== undefined) await this.#reached(serving.stream(id), when.atRevision);
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

  /**
   * Checks that a thing that a question names exists, today or at the moment that is asked about. Without this check, a list filtered by
   * an unknown id would be empty, as if there were nothing to list.
   * @throws Missing `<kind>-unknown`
   */
  async known<Document>(
    projection: Projection<Document>,
    kind: string,
    id: string | undefined,
    fits: (document: Document) => boolean = () => true,
  ): Promise<void> {
    if (id === undefined) return;
    const isThere = async () => {
      const document = await this.readModels.get(projection, id);
      return document !== undefined && fits(document);
    };
    if (!(await this.#found(projection, isThere))) throw new Missing(kind, id);
  }

  /** The same for a value that documents have, rather than an id: some document must. @throws Refusal `value-unknown` */
  async used<Document>(
    projection: Projection<Document>,
    field: string,
    value: string | undefined,
    filter: Filter,
    fits?: (document: Document) => boolean,
  ): Promise<void> {
    if (value === undefined) return;
    const isThere = async () => {
      const { items } = await this.readModels.find(projection, { filter, limit: fits ? MOST_LOOKED_AT : 1 });
      return items.some(fits ?? (() => true));
    };
    if (!(await this.#found(projection, isThere))) throw unused(field, value);
  }

  /** What is not found may be too new: then the read model is asked again behind the head of the log. */
  async #found(projection: Projection, isThere: () => Promise<boolean>): Promise<boolean> {
    if (await isThere()) return true;
    await this.passed(projection, await this.store.head());
    return isThere();
  }

  /** @throws Invalid `revision-unknown` beyond the end of a stream */
  async #reached(stream: string, revision: number): Promise<void> {
    const { events } = await this.store.readStream(stream, { backwards: true, limit: 1 });
    const last = events[0]?.revision;
    if (last === undefined || revision <= last) return;
    throw new Invalid('revision-unknown', `The last revision is ${last}.`, { field: 'atRevision', revision: last });
  }

  /** A read model that was never built is not built either while nothing can be written. @throws Unavailable `read-model-building` */
  async #isBuilt({ name }: Projection): Promise<void> {
    const fault = this.projecting?.fault;
    if (fault === undefined || servingOf(await this.readModels.generations(), name).length > 0) return;
    const message = `The read model ${name} is being built, but does not move: ${fault}`;
    throw new Unavailable('read-model-building', message, 5, { name, fault });
  }

  /**
   * Waits until everything up to `position` has been looked at, or not at all while it is known that read models do not move.
   * @throws Unavailable `read-model-behind`, with where it stands
   */
  async passed(projection: Projection, position: number): Promise<void> {
    const head = await this.store.head();
    checkPosition('after', position, head);
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      const generations = await this.readModels.generations();
      const [active] = servingOf(generations, projection.name);
      if (active && active.position >= position) return;
      if (performance.now() >= deadline || this.projecting?.fault !== undefined) {
        throw this.#behind(projection, position, active?.position ?? 0);
      }
      await this.readModels.changed();
    }
  }

  /** With the reason, such as a full disk, where one is known. */
  #behind({ name }: Projection, asked: number, position: number): Unavailable {
    const fault = this.projecting?.fault;
    const because =
      fault === undefined ? '' : ` ${fault} This request was not carried out: send it again when read models move.`;
    return new Unavailable('read-model-behind', `${name} has not reached position ${asked} yet.${because}`, 1, {
      position,
      asked,
      ...(fault !== undefined && { fault }),
    });
  }
}

/** The past moment a question is about. @throws Invalid `axis-without-moment` */
function untilOf({ asOf, axis }: When): Until | undefined {
  checkAxis({ asOf, axis });
  return asOf === undefined ? undefined : { axis: axis ?? 'occurred', time: asOf };
}

/** @throws Invalid `axis-without-moment` for an axis alone, which says nothing */
export function checkAxis({ asOf, axis }: Pick<When, 'asOf' | 'axis'>): void {
  if (asOf !== undefined || axis === undefined) return;
  throw new Invalid('axis-without-moment', 'axis says what asOf means: give asOf too.', { field: 'axis' });
}

/** What a question is filtered by must be the value of something. */
export const unused = (field: string, value: string): Refusal =>
  new Refusal('value-unknown', `Nothing has the ${field} ${value}.`, { field, value }, 404);

/** @throws Invalid `log-position-unknown` beyond the end of the log */
export function checkPosition(field: string, position: number, head: number): void {
  if (position <= head) return;
  throw new Invalid('log-position-unknown', `The log ends at position ${head}.`, { field, head });
}

/** Refuses a window in which nothing can lie. @throws Invalid `window-invalid` */
export function checkWindow(field: string, from: string | undefined, to: string | undefined): void {
  if (from === undefined || to === undefined || from < to) return;
  throw new Invalid('window-invalid', 'The window must end after it begins; its end does not count.', { field });
}

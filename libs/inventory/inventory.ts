import type { Belonging } from '../belonging.js';
import { EventStore } from '../event-store/event-store.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';

/** One thing that an employee has. */
export interface Item {
  readonly kind: string;
  readonly id: string;
}

/** Things of one kind that an employee has: how many, and a page of them. */
export interface Shelf {
  readonly kind: string;
  readonly count: number;
  readonly items: readonly { readonly id: string; readonly name: string }[];
  /** Cursor of the next page; absent when nothing follows. */
  readonly next?: string;
}

/** What stands in the way of leaving: how many things of one sort, and some of them. */
export interface Unmet {
  readonly what: string;
  readonly count: number;
  readonly ids: readonly string[];
}

const PAGE = 500;
/** Ids that a refusal names of each kind. */
const NAMED = 20;

/** What employees have, as the read models of the declared kinds list it. */
export class Inventory {
  constructor(
    readonly kinds: readonly Belonging[],
    private readonly store: EventStore,
    private readonly reading: Reading,
  ) {}

  /** A page of each of these kinds, now or at a moment. */
  async shelves(
    employeeId: string,
    {
      kinds,
      limit,
      cursor,
      ...when
    }: When & { kinds: readonly Belonging[]; limit: number; cursor?: string | undefined },
  ): Promise<Shelf[]> {
    const shelves: Shelf[] = [];
    // One after the other: answers about the past share one scratch copy.
    for (const belonging of kinds) {
      const { kind, of, filter } = belonging;
      const readModels = await this.reading.of(of, when);
      const find = { filter: filter(employeeId), limit, cursor };
      const { items, next } = await readModels.find(of, find);
      const count = await readModels.count(of, filter(employeeId));
      shelves.push({
        kind,
        count,
        items: items.map((each) => shown(belonging, each)),
        ...(next !== undefined && { next }),
      });
    }
    return shelves;
  }

  /** What an employee has when everything that is recorded by now has been looked at: kinds of which there is none are left out. */
  async left(employeeId: string): Promise<Unmet[]> {
    await this.#passed(this.kinds);
    const shelves = await this.shelves(employeeId, { kinds: this.kinds, limit: NAMED });
    return shelves
      .filter(({ count }) => count > 0)
      .map(({ kind, count, items }) => ({ what: kind, count, ids: items.map(({ id }) => id) }));
  }

  /** The things of these kinds that an employee has, behind the head of the log likewise: so many at most. */
  async items(employeeId: string, kinds: readonly Belonging[], most: number): Promise<Item[]> {
    await this.#passed(kinds);
    const found: Item[] = [];
    for (const belonging of kinds) {
      const { kind, of, filter } = belonging;
      const readModels = await this.reading.of(of);
      for (let cursor: string | undefined, more = true; more && found.length < most; more = cursor !== undefined) {
        const limit = Math.min(PAGE, most - found.length);
        const page = await readModels.find(of, { filter: filter(employeeId), limit, cursor });
        found.push(...page.items.map((each) => ({ kind, id: shown(belonging, each).id })));
        cursor = page.next;
      }
    }
    return found;
  }

  /** Of these things, those that the employee does not have. */
  async strange(employeeId: string, items: readonly Item[]): Promise<Item[]> {
    const strange: Item[] = [];
    await this.#passed(this.kinds);
    for (const item of items) {
      const known = this.kinds.find(({ kind }) => kind === item.kind);
      if (!known || !(await this.#has(employeeId, known, item.id))) strange.push(item);
    }
    return strange;
  }

  async #has(employeeId: string, { of, filter, by }: Belonging, id: string): Promise<boolean> {
    const readModels = await this.reading.of(of);
    return (await readModels.count(of, { ...filter(employeeId), [by]: id })) > 0;
  }

  async #passed(kinds: readonly Belonging[]): Promise<void> {
    const head = await this.store.head();
    await Promise.all(kinds.map(({ of }) => this.reading.passed(of, head)));
  }
}

const shown = ({ by, named }: Belonging, document: unknown): Shelf['items'][number] => ({
  id: String((document as Readonly<Record<string, unknown>>)[by]),
  name: named(document as never),
});

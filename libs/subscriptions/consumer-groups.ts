import type { Report } from './answering.js';
import { ConsumerGroup, LOG } from './consumer-group.js';
import { beginningOf } from './following.js';
import type { Followed } from './following.js';
import { dropped, groupExists, groupMissing } from './group-refusals.js';
import type { CallRefused } from './refusals.js';
import { SqliteGroups } from './sqlite-groups.js';
import type { GroupKey, GroupSettings, KeptGroup } from './sqlite-groups.js';

const textOf = ({ source, name }: GroupKey): string => JSON.stringify([source, name]);

/** All groups of consumers, as they were left by the process before. */
export class ConsumerGroups {
  readonly #groups = new Map<string, ConsumerGroup>();
  readonly #kept: SqliteGroups;
  #closed: CallRefused | undefined;

  /** @param path the file that remembers them */
  constructor(
    private readonly log: Followed,
    path: string,
    private readonly report: Report,
  ) {
    this.#kept = new SqliteGroups(path);
    this.#load();
  }

  /** @throws CallRefused when there is none */
  get(key: GroupKey): ConsumerGroup {
    this.#beOpen();
    const group = this.#groups.get(textOf(key));
    if (!group) throw groupMissing(key);
    return group;
  }

  all(): readonly ConsumerGroup[] {
    return [...this.#groups.values()];
  }

  /** @throws CallRefused when there is one */
  async create(key: GroupKey, settings: GroupSettings): Promise<void> {
    const checkpoint = await this.#before(key, settings);
    this.#beOpen();
    if (this.#groups.has(textOf(key))) throw groupExists(key);
    const kept = { ...key, settings, checkpoint };
    this.#kept.keep(kept);
    this.#open(kept);
  }

  /** Goes on where it is, under other settings; consumers have to join again. */
  update(key: GroupKey, settings: GroupSettings): void {
    const group = this.get(key);
    const { filter } = group.settings;
    group.end(dropped(key));
    const kept = { ...key, settings: { ...settings, ...(filter && { filter }) }, checkpoint: group.checkpoint };
    this.#kept.keep(kept);
    this.#open(kept);
  }

  remove(key: GroupKey): void {
    this.get(key).end(dropped(key));
    this.#groups.delete(textOf(key));
    this.#kept.remove(key);
  }

  /** Begins all of them again from what is written down. */
  restart(): void {
    this.#beOpen();
    for (const group of this.all()) group.end(dropped(group));
    this.#load();
  }

  close(why: CallRefused): void {
    this.#closed = why;
    for (const group of this.all()) group.end(why);
    this.#kept.close();
  }

  #beOpen(): void {
    if (this.#closed) throw this.#closed;
  }

  #load(): void {
    this.#groups.clear();
    for (const kept of this.#kept.all()) this.#open(kept);
  }

  #open(kept: KeptGroup): void {
    this.#groups.set(textOf(kept), new ConsumerGroup(this.log, this.#kept, this.report, kept));
  }

  /** The place before the first event; the one that is named counts. */
  #before({ source }: GroupKey, { from }: GroupSettings): Promise<number> {
    const place = typeof from === 'number' ? from - 1 : from;
    return beginningOf(this.log.store, source === LOG ? {} : { stream: source }, place);
  }
}

import type { Report } from './open-calls.js';
import { ConsumerGroup, LOG } from './consumer-group.js';
import { beginningOf } from './live-read.js';
import type { LogSource } from './live-read.js';
import { dropped, groupExists, groupMissing } from './group-refusals.js';
import type { CallRefused } from './refusals.js';
import { SqliteGroups } from './sqlite-groups.js';
import type { GroupKey, GroupSettings, KeptGroup } from './sqlite-groups.js';

const textOf = ({ source, name }: GroupKey): string => JSON.stringify([source, name]);

/** All consumer groups, loaded from their file at the start. */
export class ConsumerGroups {
  readonly #groups = new Map<string, ConsumerGroup>();
  readonly #kept: SqliteGroups;
  #closed: CallRefused | undefined;

  /** @param path the file in which groups are stored */
  constructor(
    private readonly log: LogSource,
    path: string,
    private readonly report: Report,
  ) {
    this.#kept = new SqliteGroups(path, (fault) => {
      if (fault === undefined) report('groups of consumers can be written again', {});
      else report('groups of consumers cannot be written', { error: fault });
    });
    this.#load();
  }

  /** @throws CallRefused when the group does not exist */
  get(key: GroupKey): ConsumerGroup {
    this.#beOpen();
    const group = this.#groups.get(textOf(key));
    if (!group) throw groupMissing(key);
    return group;
  }

  all(): readonly ConsumerGroup[] {
    return [...this.#groups.values()];
  }

  /** @throws CallRefused when the group exists */
  async create(key: GroupKey, settings: GroupSettings): Promise<void> {
    const checkpoint = await this.#before(key, settings);
    this.#beOpen();
    if (this.#groups.has(textOf(key))) throw groupExists(key);
    const kept = { ...key, settings, checkpoint };
    const group = this.#open(kept);
    try {
      await this.#kept.keep(kept);
    } catch (error) {
      this.#end(group);
      throw error;
    }
  }

  /** Changes the settings and keeps the checkpoint; disconnects all consumers. */
  async update(key: GroupKey, settings: GroupSettings): Promise<void> {
    const { settings: before, checkpoint } = this.get(key);
    const kept = { ...key, settings: { ...settings, ...(before.filter && { filter: before.filter }) }, checkpoint };
    await this.#kept.keep(kept);
    const group = this.get(key);
    this.#end(group);
    this.#open({ ...kept, checkpoint: group.checkpoint });
  }

  async remove(key: GroupKey): Promise<void> {
    const group = this.get(key);
    this.#end(group);
    try {
      await this.#kept.remove(key);
    } catch (error) {
      const { settings, checkpoint } = group;
      if (!this.#closed && !this.#groups.has(textOf(key))) this.#open({ ...key, settings, checkpoint });
      throw error;
    }
  }

  /** Loads all groups again from their file; disconnects all consumers. */
  restart(): void {
    this.#beOpen();
    for (const group of this.all()) group.end(dropped(group));
    this.#load();
  }

  close(why: CallRefused): void {
    this.#closed = why;
    for (const group of this.all()) group.end(why);
    this.#kept.close(why);
  }

  #beOpen(): void {
    if (this.#closed) throw this.#closed;
  }

  #load(): void {
    this.#groups.clear();
    for (const kept of this.#kept.all()) this.#open(kept);
  }

  #open(kept: KeptGroup): ConsumerGroup {
    const group = new ConsumerGroup(this.log, this.#kept, this.report, kept);
    this.#groups.set(textOf(kept), group);
    return group;
  }

  /** Removes the group, unless another one has been created under its name meanwhile. */
  #end(group: ConsumerGroup): void {
    group.end(dropped(group));
    if (this.#groups.get(textOf(group)) === group) this.#groups.delete(textOf(group));
  }

  /** Checkpoint of a new group: the place before its first event. */
  #before({ source }: GroupKey, { from }: GroupSettings): Promise<number> {
    const place = typeof from === 'number' ? from - 1 : from;
    return beginningOf(this.log.store, source === LOG ? {} : { stream: source }, place);
  }
}

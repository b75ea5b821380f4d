import type { CommandBus } from '@nestjs/cqrs';
import { Unavailable } from '../errors.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { servingOf } from '../read-models/partitions.js';
import type { Filter, ReadModels } from '../read-models/read-models.js';
import type { Handler } from './handler.js';
import type { Beginning } from './process.js';
import { Sending } from './reactions.js';
import type { Report } from './reactions.js';
import type { Sweep } from './sweep.js';

/** Things that are read at once, and commands that are under way at the same time. */
const PAGE = 500;
const WIDTH = 16;
/** How long a sweep waits for its read model before other attempts are made, in milliseconds. */
const PATIENCE = 5_000;

/**
 * A sweep as the runner runs it. Ids of commands are made of the event's and the thing's, so a sweep that begins again, because the
 * program ended in between, is answered for what it has done and goes on with the rest.
 */
export class SweepHandler implements Handler {
  readonly name: string;
  readonly version: number;
  readonly from: Beginning;
  readonly types: readonly string[];
  readonly #sending: Sending;

  constructor(
    private readonly sweep: Sweep,
    private readonly readModels: ReadModels,
    commands: CommandBus,
    report: Report,
    /** Position of the last event there is. */
    private readonly head: () => Promise<number>,
  ) {
    ({ name: this.name, version: this.version, from: this.from, types: this.types } = sweep);
    this.#sending = new Sending(sweep, commands, report);
  }

  async handle(events: readonly RecordedEvent[]): Promise<number> {
    let refused = 0;
    for (const event of events) {
      const filter = this.sweep.concerns(event);
      if (filter !== null) refused += await this.#over(event, filter);
    }
    return refused;
  }

  async #over(event: RecordedEvent, filter: Filter): Promise<number> {
    const { of, by, command } = this.sweep;
    // Not only the event: what sweeps before it on the same stream have recorded is listed, too.
    await this.#passed(Math.max(event.position, await this.head()));
    let refused = 0;
    for (let cursor: string | undefined; ;) {
      const { items, next } = await this.readModels.find(of, { filter, limit: PAGE, cursor });
      const ids = items.map((document) => String((document as Readonly<Record<string, unknown>>)[by]));
      const sendNext = async () => {
        for (let id = ids.shift(); id !== undefined; id = ids.shift()) {
          if (await this.#sending.send(command(id, event), event, id)) refused += 1;
        }
      };
      await Promise.all(Array.from({ length: WIDTH }, sendNext));
      if (next === undefined) return refused;
      cursor = next;
    }
  }

  /** Things of which events were recorded before this one are listed. @throws Unavailable to be called again */
  async #passed(position: number): Promise<void> {
    const { name } = this.sweep.of;
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      const [active] = servingOf(await this.readModels.generations(), name);
      if (active && active.position >= position) return;
      if (performance.now() >= deadline) {
        throw new Unavailable('read-model-behind', `${name} has not reached position ${position} yet.`, 1);
      }
      await this.readModels.changed();
    }
  }
}

import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { readModels as definitions, reports as listed } from '../../apps/program/definitions.js';
import type { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { Past } from '../../libs/read-models/asking/past.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import { scratch } from '../../libs/read-models/open-read-models.js';
import { Rebuilds } from '../../libs/read-models/building/rebuilds.js';
import { Reading } from '../../libs/read-models/asking/reading.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { GetReport, GetReportHandler } from '../../libs/reports/queries.js';
import type { Report } from '../../libs/reports/answer.js';
import type { Parameters } from '../../libs/reports/question.js';
import { Reports } from '../../libs/reports/reports.js';
import { TestClock } from '../support/clock.js';
import { event } from '../support/events.js';
import { folder } from '../support/folder.js';
import { sqliteStore } from '../support/stores.js';

/** A fact with the stream it lies on and when it was true; it is recorded when the list gets to it. */
export interface Fact {
  readonly stream: string;
  readonly type: string;
  readonly data: unknown;
  readonly at: string;
}

const open: Reporting[] = [];

afterEach(async () => {
  for (const reporting of open.splice(0)) await reporting.close();
});

/** Where the names of people, units and flows are. */
const naming = ['employee-list', 'structure-chart', 'approval-flow-list', 'segment-list'];
const asked = listed.flatMap(({ rollup, facts }) => [rollup.of, ...Object.values(facts).map(({ of }) => of)]);
/** What some report is made of. */
export const needed = definitions.filter(
  ({ projection }) => naming.includes(projection.name) || asked.includes(projection),
);

/** The log and the read models that reports stand on, each in a file, without anything of Nest. */
export class Reporting {
  readonly clock = new TestClock('2024-06-30T12:00:00.000Z');
  readonly readModels: SqliteReadModels;
  readonly #store: SqliteEventStore;
  readonly #past: Past;
  /** What could not be projected; where there is none yet, that fails the test. */
  readonly failures: unknown[] = [];

  constructor(
    private readonly zone = 'UTC',
    private readonly mayFail = false,
  ) {
    const { clock } = this;
    this.#store = sqliteStore({ clock, durability: 'normal' });
    this.readModels = new SqliteReadModels({ path: join(folder(), 'read-models.db'), clock });
    this.#past = new Past(this.#store, clock, needed, zone, () => scratch(clock));
    open.push(this);
  }

  /** Records the facts, in this order, and projects them. */
  async record(...facts: readonly Fact[]): Promise<void> {
    await this.append(...facts);
    await this.project();
  }

  async append(...facts: readonly Fact[]): Promise<void> {
    const appended = facts.map(({ stream, type, data, at }) =>
      this.#store.append(stream, 'any', [event(type, data, { occurredAt: at })]),
    );
    await Promise.all(appended);
  }

  /** @param zone that reports are to be kept in; `definitions` what there is to project */
  async project(zone = this.zone, definitions = needed): Promise<void> {
    const { readModels } = this;
    const report = (what: string, details: object) => {
      if (!this.mayFail) throw new Error(`${what} ${JSON.stringify(details)}`);
      this.failures.push(details);
    };
    await new Projector({ store: this.#store, readModels, definitions, zone, report }).catchUp();
  }

  /** Asks for a read model to be built, which nothing does yet. */
  async begin(name: string): Promise<void> {
    await new Rebuilds(this.#store, this.readModels, needed, this.zone).rebuild(name);
  }

  /** @param zone of the program that is asked; the one that everything was projected in unless it is another one by now */
  report(name: string, parameters: Parameters = {}, zone = this.zone): Promise<Report> {
    const reading = new Reading(this.#store, this.readModels, this.#past);
    const rebuilds = new Rebuilds(this.#store, this.readModels, needed, zone);
    const handler = new GetReportHandler(
      this.readModels,
      reading,
      this.#past,
      this.clock,
      rebuilds,
      new Reports(listed),
    );
    return handler.execute(new GetReport(name, parameters));
  }

  /** Rows of a report, with what a test is about to compare. */
  async rows(name: string, parameters: Parameters = {}): Promise<Report['rows']> {
    return (await this.report(name, parameters)).rows;
  }

  async close(): Promise<void> {
    await this.#past.close();
    await this.readModels.close();
    await this.#store.close();
  }
}

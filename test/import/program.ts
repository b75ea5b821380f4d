import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandBus } from '@nestjs/cqrs';
import type { Command } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { deadlines, importTargets as targets, processes } from '../../apps/program/contexts.js';
import { AppModule } from '../../apps/program/app.module.js';
import { readModels as definitions } from '../../apps/program/definitions.js';
import type { Clock } from '../../libs/clock.js';
import { inFolder, readConfig } from '../../libs/config.js';
import { under } from '../../libs/event-store/envelope.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import { OverlayEventStore } from '../../libs/event-store/overlay/overlay.event-store.js';
import type { Decided } from '../../libs/event-store/streams.js';
import { Importer } from '../../libs/import/importer.js';
import type { ImportOptions } from '../../libs/import/importer.js';
import type { ImportReport } from '../../libs/import/report.js';
import { Reports } from '../../libs/import/reports.js';
import { Consequences } from '../../libs/processes/consequences.js';
import { scratch } from '../../libs/read-models/open-read-models.js';
import { BackgroundProjector } from '../../libs/read-models/building/projector-thread.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import { ReadModels } from '../../libs/read-models/read-models.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { TestClock } from '../support/clock.js';
import { wholeLog } from '../support/events.js';
import { sqliteStore } from '../support/stores.js';

/** Nothing is kept up while a test does not ask for it. */
class NoProjector extends BackgroundProjector {
  readonly fault = undefined;
  start(): void {}
  async stop(): Promise<void> {}
}

export const today = '2026-06-30T12:00:00.000Z';

export interface Opening {
  readonly folder?: string;
  readonly clock?: Clock;
  /** Decides on top of what is in the folder, or of nothing. */
  readonly dryRun?: 'on the log' | 'on nothing';
  /** What the log does to those who append to it. */
  readonly around?: (store: EventStore) => EventStore;
}

/** The whole program without its HTTP side and without anything running beside it, and an importer in it. */
export class ImportProgram {
  private constructor(
    readonly folder: string,
    readonly store: EventStore,
    readonly readModels: ReadModels,
    private readonly module: TestingModule,
    private readonly importer: Importer,
    private readonly dryRun: boolean,
    private readonly aside: ReadModels,
  ) {}

  static async open({ folder, clock = new TestClock(today), dryRun, around = (store) => store }: Opening = {}) {
    const place = folder ?? mkdtempSync(join(tmpdir(), 'annals-test-'));
    const path = join(place, 'events.db');
    const real = dryRun === 'on nothing' ? undefined : sqliteStore({ path, clock, durability: 'normal' });
    const store = around(dryRun === undefined ? real! : await OverlayEventStore.over(real, clock));
    const readModels = new SqliteReadModels({ path: join(place, 'read-models.db'), clock });
    const config = readConfig({ ...inFolder(place), LOG_LEVEL: 'silent' });
    const module = await Test.createTestingModule({
      imports: [AppModule.forRoot({ config, clock, projecting: () => new NoProjector() })],
    })
      .overrideProvider(EventStore)
      .useValue(store)
      .overrideProvider(ReadModels)
      .useValue(readModels)
      .compile();
    await module.init();
    const reports = new Reports(join(place, 'imports'));
    const aside = scratch(clock);
    const report = (): void => undefined;
    const commands = module.get(CommandBus);
    const consequences = await Consequences.from({
      store,
      readModels: aside,
      commands,
      clock,
      processes,
      deadlines,
      report,
    });
    const importer = new Importer({ targets, commands, store, clock, reports, consequences });
    return new ImportProgram(place, store, readModels, module, importer, dryRun !== undefined, aside);
  }

  import(mapping: unknown, files: string, options: ImportOptions = {}): Promise<ImportReport> {
    return this.importer.run(mapping, files, { dryRun: this.dryRun, ...options });
  }

  /** Somebody does something by hand. */
  async send(command: Command<Decided>): Promise<void> {
    const sent = { actor: { id: 'ada', name: 'Ada' }, source: 'api', correlationId: 'by hand' } as const;
    await under(sent, () => this.module.get(CommandBus).execute(command));
  }

  log(): Promise<RecordedEvent[]> {
    return wholeLog(this.store);
  }

  /** What happened, without what differs from run to run. */
  async history(): Promise<readonly object[]> {
    return (await this.log()).map(({ stream, revision, type, occurredAt, data }) => ({
      stream,
      revision,
      type,
      occurredAt,
      data,
    }));
  }

  /** Brings the read models up to the log. */
  async project(): Promise<void> {
    const { store, readModels } = this;
    const report = (what: string, details: object): never => {
      throw new Error(`${what} ${JSON.stringify(details)}`);
    };
    await new Projector({ store, readModels, definitions, zone: 'UTC', report }).catchUp();
  }

  async close({ keep = false } = {}): Promise<void> {
    await this.module.close();
    await this.aside.close();
    if (!keep) rmSync(this.folder, { recursive: true, force: true });
  }
}

const open: ImportProgram[] = [];

/** A program that `closePrograms` closes. */
export async function program(opening: Opening = {}): Promise<ImportProgram> {
  const opened = await ImportProgram.open(opening);
  open.push(opened);
  return opened;
}

/** Closes a program and takes its folder away. */
export async function closed(opened: ImportProgram): Promise<void> {
  open.splice(open.indexOf(opened), 1);
  await opened.close();
}

/** Closes a program and starts another one on its folder. */
export async function reopened(before: ImportProgram, opening: Opening = {}): Promise<ImportProgram> {
  open.splice(open.indexOf(before), 1);
  await before.close({ keep: true });
  return program({ ...opening, folder: before.folder });
}

/** Closes all programs; for the end of a test. */
export async function closePrograms(): Promise<void> {
  for (const opened of open.splice(0)) await opened.close();
}

const made: string[] = [];

/** A folder with these files. */
export function exported(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'annals-test-'));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** Takes away what `exported` made; for the end of a suite. */
export function forgetExports(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

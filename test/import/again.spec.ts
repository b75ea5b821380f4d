import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { UntagCustomer } from '../../libs/customers/commands.js';
import { Unavailable } from '../../libs/errors.js';
import type { EventStore, StreamRange } from '../../libs/event-store/event-store.js';
import { eventId } from '../../libs/event-store/command-identity.js';
import type { ImportOptions } from '../../libs/import/importer.js';
import type { Mapping, Step } from '../../libs/import/mapping.js';
import type { ImportReport } from '../../libs/import/report.js';
import { TestClock } from '../support/clock.js';
import { sqliteStore } from '../support/stores.js';
import { SharedStore } from '../support/shared-store.js';
import { exported, forgetExports, ImportProgram, today } from './program.js';
import type { Opening } from './program.js';
import { base, brief, company, customers, files, pipeline, withSteps } from './samples.js';

const open: ImportProgram[] = [];
async function program(opening: Opening = {}): Promise<ImportProgram> {
  const opened = await ImportProgram.open(opening);
  open.push(opened);
  return opened;
}
async function reopened(before: ImportProgram, opening: Opening = {}): Promise<ImportProgram> {
  open.splice(open.indexOf(before), 1);
  await before.close({ keep: true });
  return program({ ...opening, folder: before.folder });
}
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});
afterAll(forgetExports);

const moves: Step = {
  file: 'moves',
  target: 'opportunityStage',
  at: '{at}',
  fields: { opportunityId: { ref: 'opportunity', key: ['{deal}'] }, stageId: 's{stage}' },
};
const deals: Step = {
  file: 'deals',
  target: 'opportunity',
  key: ['{id}'],
  at: '{created}',
  fields: {
    name: 'Deal {id}',
    pipelineId: { ref: 'pipeline', key: ['sales'] },
    ownerId: { ref: 'employee', key: ['{seller}'] },
  },
};
const stages = [1, 2, 3].map((number) => ({ id: `s${number}`, name: `Stage ${number}`, probability: number * 10 }));
const ends = [
  { id: 'won', name: 'Won', kind: 'won' },
  { id: 'lost', name: 'Lost', kind: 'lost' },
];
const way: Step = {
  ...pipeline,
  fields: { name: 'Sales', stages: [...stages, ...ends] as never },
};
const history: Mapping = {
  ...withSteps(...company, way, deals, moves),
  files: { ...base.files, moves: { path: 'moves.csv' } },
};
/** The id that a move to the second stage has had since imports began. */
function moveId(opportunityId: string, at: string): string {
  const says = `opportunityStage ${at} ${JSON.stringify({ opportunityId, details: { stageId: 's2' } })}`;
  return `import-${createHash('sha1').update(says).digest('base64url')}`;
}
const moved = (...rows: string[]) => exported({ ...files, 'moves.csv': `deal,stage,at\n${rows.join('\n')}\n` });
const T = '2024-02-05 00:50';

/** Stages a deal came into, in order. */
async function stagesOf({ log }: { log: () => Promise<readonly { type: string; data: unknown }[]> }) {
  const changes = (await log()).filter(({ type }) => type === 'OpportunityStageChanged');
  return changes.map(({ data }) => (data as { to: string }).to);
}
const reading = (opened: ImportProgram) => ({ log: () => opened.log() });

/** How it went, without what differs from run to run. */
const outcome = ({ rows, steps, events }: ImportReport) => ({ rows, steps, events });

describe('the same import again', () => {
  it('leaves a row refused that the rules would let pass by now', async () => {
    const opened = await program();
    const folder = moved('d1,2,2024-02-05 00:44', `d1,2,${T}`, `d1,3,${T}`);
    const first = await opened.import(history, folder);
    expect(brief(first)).toEqual(['moves.csv 2 stage-unchanged']);
    const log = await opened.log();
    const again = await opened.import(history, folder);
    expect(again).toMatchObject({ events: 0, rows: { accepted: 0, rejected: 1 }, remembered: 1 });
    expect(again.rejections).toMatchObject([{ row: 2, code: 'stage-unchanged', remembered: true }]);
    expect(await opened.log()).toEqual(log);
    expect(await stagesOf(reading(opened))).toEqual(['s2', 's3']);
  });

  it('remembers so after the program was started anew, in a dry run too', async () => {
    const folder = moved('d1,2,2024-02-05 00:44', `d1,2,${T}`, `d1,3,${T}`);
    const first = await program();
    await first.import(history, folder);
    const trial = await reopened(first, { dryRun: 'on the log' });
    expect(await trial.import(history, folder)).toMatchObject({ events: 0, rows: { accepted: 0 }, remembered: 1 });
    const second = await reopened(trial);
    expect(await second.import(history, folder)).toMatchObject({ events: 0, rows: { accepted: 0 }, remembered: 1 });
  });

  it('does nothing that there was no need to do before', async () => {
    const tags: Step = {
      file: 'accounts',
      target: 'customerTag',
      at: '{since}',
      fields: { customerId: { ref: 'customer', key: ['{id}'] }, tag: 'old' },
    };
    const other: Step = { ...tags, name: 'later', at: '2024-05-01' };
    const opened = await program();
    const folder = exported(files);
    const first = await opened.import(withSteps(...company, customers, tags, other), folder);
    expect(first.steps.at(-1)).toMatchObject({ accepted: 0, unchanged: 3 });
    // What was there already is taken away by hand, and stays away.
    const { stream } = (await opened.log()).find(({ type }) => type === 'CustomerTagged')!;
    await opened.send(new UntagCustomer(stream.slice('customer-'.length), { tag: 'old' }));
    const { length } = await opened.log();
    const again = await opened.import(withSteps(...company, customers, tags, other), folder);
    expect(again).toMatchObject({ events: 0, rows: { accepted: 0, rejected: 0 } });
    expect(await opened.log()).toHaveLength(length);
  });

  it('tries what was refused only when it is asked to', async () => {
    const opened = await program();
    const folder = exported(files);
    const first = await opened.import(withSteps(...company.slice(0, 3), way, deals), folder);
    expect(first).toMatchObject({ byCode: { 'reference-unknown': 4 } });
    // What was missing has come by now.
    const whole = withSteps(...company, way, deals);
    expect(await opened.import(whole, folder)).toMatchObject({
      byTarget: { employee: { accepted: 3 }, opportunity: { rejected: 4 } },
      remembered: 4,
    });
    const retried = await opened.import(whole, folder, { retryRejected: true });
    expect(retried).toMatchObject({ byTarget: { opportunity: { accepted: 4 } }, remembered: 0, rejections: [] });
    expect(await opened.import(whole, folder)).toMatchObject({ events: 0, rejections: [], rows: { accepted: 0 } });
  });

  it('writes no more when what is tried again is refused again', async () => {
    const opened = await program();
    const folder = moved(`d1,2,${T}`, `d1,2,2024-02-06`);
    await opened.import(history, folder);
    const again = await opened.import(history, folder, { retryRejected: true });
    expect(again).toMatchObject({ events: 0, remembered: 0, byCode: { 'stage-unchanged': 1 } });
  });

  it('decides anew on a row that says something else, in the file or by the mapping', async () => {
    const opened = await program();
    await opened.import(history, moved(`d1,2,${T}`, 'd1,2,2024-02-06'));
    const mended = await opened.import(history, moved(`d1,2,${T}`, 'd1,3,2024-02-06'));
    expect(mended).toMatchObject({
      rejections: [],
      steps: expect.arrayContaining([expect.objectContaining({ accepted: 1 })]),
    });
  });

  it('keeps a row refused that lay in the future and no longer does', async () => {
    const clock = new TestClock(today);
    const opened = await program({ clock });
    const folder = moved('d1,2,2026-07-15');
    expect(brief(await opened.import(history, folder))).toEqual(['moves.csv 1 in-the-future']);
    clock.time = '2026-08-01T00:00:00.000Z';
    expect(await opened.import(history, folder)).toMatchObject({ events: 0, remembered: 1 });
    expect(await opened.import(history, folder, { retryRejected: true })).toMatchObject({ rejections: [] });
  });

  it('of what an earlier version of the program imported goes by its report', async () => {
    const opened = await program();
    // The last row says what the first one says, and was taken for it.
    const rows = ['d1,2,2024-02-05 00:44', `d1,2,${T}`, `d1,3,${T}`, 'd1,2,2024-02-05 00:44'];
    await opened.import(history, moved(rows[0]!, rows[2]!));
    const folder = moved(...rows);
    const sha256 = createHash('sha256')
      .update(`deal,stage,at\n${rows.join('\n')}\n`)
      .digest('hex');
    const place = join(opened.folder, 'imports');
    mkdirSync(place, { recursive: true });
    const report = {
      importId: 'old',
      source: 'test',
      files: [{ path: 'moves.csv', sha256 }],
      steps: [{ target: 'opportunityStage', file: 'moves.csv' }],
    };
    const rejection = { file: 'moves.csv', row: 2, line: 3, target: 'opportunityStage', code: 'stage-unchanged' };
    writeFileSync(join(place, 'old.json'), JSON.stringify(report));
    writeFileSync(join(place, 'old.rejections.jsonl'), `${JSON.stringify(rejection)}\n{"file":"mov`);
    writeFileSync(join(place, 'half.json'), '{"importId":"half","sour');
    const again = await opened.import(history, folder);
    expect(again).toMatchObject({ rows: { accepted: 0, rejected: 1 }, remembered: 1 });
    expect(await stagesOf(reading(opened))).toEqual(['s2', 's3']);
    expect(await opened.import(history, folder)).toMatchObject({ events: 0, remembered: 1 });
  });
});

describe('rows that say the same', () => {
  it('are told apart by their place among each other', async () => {
    const opened = await program();
    const folder = moved(`d1,2,${T}`, `d1,3,${T}`, `d1,2,${T}`);
    const report = await opened.import(history, folder);
    expect(report.rejections).toEqual([]);
    expect(await stagesOf(reading(opened))).toEqual(['s2', 's3', 's2']);
    expect(await opened.import(history, folder)).toMatchObject({ events: 0, rows: { accepted: 0 } });
  });

  it('are told apart by a key, or are one row by it', async () => {
    const keyed = { ...history, steps: [...history.steps.slice(0, -1), { ...moves, key: ['{no}'] }] };
    const opened = await program();
    const rows = [`1,d1,2,${T}`, `2,d1,3,${T}`, `3,d1,2,${T}`, `3,d1,2,${T}`];
    const folder = exported({ ...files, 'moves.csv': `no,deal,stage,at\n${rows.join('\n')}\n` });
    const report = await opened.import(keyed, folder);
    expect(report).toMatchObject({ rejections: [], incomplete: [] });
    expect(report.steps.at(-1)).toMatchObject({ accepted: 3, unchanged: 1 });
    expect(await stagesOf(reading(opened))).toEqual(['s2', 's3', 's2']);
  });

  it('are one row where the thing they make is one, with all else they say of it', async () => {
    const twice = files['deals.csv'].replace('d2,', `${files['deals.csv'].split('\n')[1]}\nd2,`);
    const opened = await program();
    const report = await opened.import(base, exported({ ...files, 'deals.csv': twice }));
    expect(report).toMatchObject({
      rejections: [],
      incomplete: [],
      byTarget: { opportunity: { accepted: 4, unchanged: 1 } },
    });
  });

  it('keep the ids that earlier versions of the program gave them', async () => {
    const opened = await program();
    await opened.import(history, moved(`d1,2,${T}`));
    const change = (await opened.log()).find(({ type }) => type === 'OpportunityStageChanged')!;
    const opportunityId = change.stream.slice('opportunity-'.length);
    const commandId = moveId(opportunityId, '2024-02-05T00:50:00.000Z');
    expect(change).toMatchObject({ id: eventId(commandId, 0), metadata: { commandId } });
  });
});

describe('an import that ends in the middle', () => {
  const rows = [
    'd1,2,2024-02-05 00:44',
    `d1,2,${T}`,
    `d1,3,${T}`,
    'd2,2,2024-02-05',
    'd2,2,2024-02-06',
    'd2,1,2024-02-06',
    'd2,1,2024-02-07',
    'd2,3,2024-02-07',
    'd9,1,2024-02-07',
  ];
  const dies =
    (survives: number) =>
    (store: EventStore): EventStore => {
      const append = store.appendAll.bind(store);
      let room = survives;
      store.appendAll = async (writes, checks) => {
        room -= writes.reduce((sum, { events }) => sum + events.length, 0);
        if (room < 0) throw new Unavailable('store-unavailable', 'Nothing can be written any more.', 5);
        return append(writes, checks);
      };
      return store;
    };
  const byStream = (found: readonly object[]) =>
    (found as { stream: string; revision: number }[])
      .filter(({ stream }) => !stream.startsWith('import-'))
      .toSorted((a, b) => a.stream.localeCompare(b.stream) || a.revision - b.revision);

  it('comes out the same when it is run again, wherever it ended', async () => {
    const folder = moved(...rows);
    const whole = await program();
    const report = await whole.import(history, folder);
    expect(report.rows.rejected).toBe(4);
    const expected = byStream(await whole.history());
    const all = (await whole.log()).length;
    for (let survives = all - 14; survives < all; survives += 1) {
      const first = await program({ around: dies(survives) });
      await expect(first.import(history, folder)).rejects.toMatchObject({ code: 'store-unavailable' });
      const second = await reopened(first);
      expect(await second.import(history, folder)).toMatchObject({ rows: { rejected: 4 } });
      expect(byStream(await second.history())).toEqual(expected);
      open.splice(open.indexOf(second), 1);
      await second.close();
    }
  }, 60_000);
});

describe('two imports of the same at the same moment', () => {
  const folder = () => moved('d1,2,2024-02-05 00:44', `d1,2,${T}`, `d1,3,${T}`, `d2,2,${T}`, `d2,2,${T}`, `d2,1,${T}`);
  const both = async (one: ImportProgram, other: ImportProgram, options: ImportOptions = {}) => {
    const files = folder();
    return Promise.all([one, other].map((each) => each.import(history, files, options)));
  };

  it('of one program take turns', async () => {
    const opened = await program();
    const [one, other] = await both(opened, opened);
    expect(other).toMatchObject({ events: 0, rows: { accepted: 0, rejected: one!.rows.rejected } });
    const alone = await program();
    await alone.import(history, folder());
    expect(await stagesOf(reading(opened))).toEqual(await stagesOf(reading(alone)));
  });

  it('of two programs on one log do everything once, and refuse the same', async () => {
    const alone = await program();
    const expected = await alone.import(history, folder());
    const log = sqliteStore({ clock: new TestClock(today) });
    const programs = await Promise.all([1, 2].map(() => program({ around: () => new SharedStore(log) })));
    const reports = await both(programs[0]!, programs[1]!);
    for (const report of reports) expect(brief(report)).toEqual(brief(expected));
    expect(reports[0]!.rows.accepted + reports[1]!.rows.accepted).toBe(expected.rows.accepted);
    const of = (stages: readonly string[]) => stages.toSorted();
    expect(of(await stagesOf(reading(programs[0]!)))).toEqual(of(await stagesOf(reading(alone))));
    expect(outcome(await programs[0]!.import(history, folder())).events).toBe(0);
    await log.close();
  });

  it('of two programs refuses what the other one was refused, although it went on from there', async () => {
    const log = sqliteStore({ clock: new TestClock(today) });
    const [reached, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    /** Stands still between the look at what is settled and the decision on the second row. */
    class Slow extends SharedStore {
      #isSecond = false;

      override find(stream: string, id: string) {
        const opportunityId = stream.slice('opportunity-'.length);
        this.#isSecond ||= id === eventId(moveId(opportunityId, '2024-02-05T00:50:00.000Z'), 0);
        return super.find(stream, id);
      }

      override async readStream(stream: string, range?: StreamRange) {
        const page = await super.readStream(stream, range);
        if (this.#isSecond && stream.startsWith('import-')) {
          reached.resolve();
          await goesOn.promise;
        }
        return page;
      }
    }
    const slow = await program({ around: () => new Slow(log) });
    const quick = await program({ around: () => new SharedStore(log) });
    const folder = moved('d1,2,2024-02-05 00:44', `d1,2,${T}`, `d1,3,${T}`);
    const running = slow.import(history, folder);
    await reached.promise;
    await quick.import(history, folder);
    goesOn.resolve();
    expect(brief(await running)).toEqual(['moves.csv 2 stage-unchanged']);
    expect(await stagesOf(reading(quick))).toEqual(['s2', 's3']);
    await log.close();
  });
});

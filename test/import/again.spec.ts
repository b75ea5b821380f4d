import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { UntagCustomer } from '../../libs/customers/commands.js';
import { Unavailable } from '../../libs/errors.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { eventId } from '../../libs/event-store/command-identity.js';
import type { Step } from '../../libs/import/mapping.js';
import { TestClock } from '../support/clock.js';
import { base, brief, company, customers, files, withSteps } from './samples.js';
import { closed, closePrograms, exported, forgetExports, program, reopened, today } from './program.js';
import { deals, history, moved, moveId, moves, stagesOf, T, way } from './moves.js';

afterEach(closePrograms);
afterAll(forgetExports);

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
    expect(await stagesOf(opened)).toEqual(['s2', 's3']);
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

  describe('of a row whose further step lay in the future', () => {
    const won = { target: 'opportunityWon', at: '{closed}', fields: { amount: '1' } };
    const closing = { ...history, currency: 'EUR', steps: [...company, way, { ...deals, also: [won] }] };
    const dated = (at: string) =>
      exported({
        ...files,
        'deals.csv': `id,customer,seller,created,moved,closed,state,amount\nd1,,Ada,2024-02-01,,${at},won,\n`,
      });

    it('takes what was mended', async () => {
      const opened = await program({ clock: new TestClock(today) });
      expect(brief(await opened.import(closing, dated('2099-02-05')))).toEqual(['deals.csv 1 in-the-future']);
      const mended = await opened.import(closing, dated('2024-02-05'));
      expect(mended).toMatchObject({ rejections: [], rows: { accepted: expect.any(Number) } });
      expect((await opened.log()).map(({ type }) => type)).toContain('OpportunityWon');
    });

    it('keeps it refused when nothing was mended and the time has come', async () => {
      const clock = new TestClock(today);
      const opened = await program({ clock });
      expect(brief(await opened.import(closing, dated('2026-07-15')))).toEqual(['deals.csv 1 in-the-future']);
      clock.time = '2026-08-01T00:00:00.000Z';
      const again = await opened.import(closing, dated('2026-07-15'));
      expect(again).toMatchObject({ events: 0, remembered: 1, rejections: [{ row: 1, code: 'in-the-future' }] });
      const tried = await opened.import(closing, dated('2026-07-15'), { retryRejected: true });
      expect(tried).toMatchObject({ rejections: [] });
    });
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
    expect(await stagesOf(opened)).toEqual(['s2', 's3']);
    expect(await opened.import(history, folder)).toMatchObject({ events: 0, remembered: 1 });
  });
});

describe('rows that say the same', () => {
  it('are told apart by their place among each other', async () => {
    const opened = await program();
    const folder = moved(`d1,2,${T}`, `d1,3,${T}`, `d1,2,${T}`);
    const report = await opened.import(history, folder);
    expect(report.rejections).toEqual([]);
    expect(await stagesOf(opened)).toEqual(['s2', 's3', 's2']);
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
    expect(await stagesOf(opened)).toEqual(['s2', 's3', 's2']);
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
      await closed(second);
    }
  }, 60_000);
});

import { rmSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { afterAll, expect, it } from '@jest/globals';
import { reading } from '../../apps/cli/contexts.js';
import { Output } from '../../apps/cli/output.js';
import { inFolder, readConfig } from '../../libs/config.js';
import { Missing, Unavailable } from '../../libs/errors.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { exported, forgetExports, ImportProgram } from '../import/program.js';
import { base, files } from '../import/samples.js';
import { events } from '../support/events.js';

afterAll(forgetExports);

/** A log that takes no more when it has taken some. */
function breaking(store: EventStore): EventStore {
  const append = store.appendAll.bind(store);
  let room = 8;
  store.appendAll = async (...asked) => {
    if ((room -= 1) < 0) throw new Unavailable('store-unavailable', 'Nothing can be written any more.', 5);
    return append(...asked);
  };
  return store;
}

/** What is said to people while work reads the folder. */
async function notesOn(folder: string, work: () => Promise<void> = async () => undefined): Promise<string> {
  const [out, err] = [new PassThrough(), new PassThrough()] as unknown as [WriteStream, WriteStream];
  const config = readConfig({ ...inFolder(folder), LOG_LEVEL: 'silent' });
  const session = { output: new Output(false, out, err, false), signal: new AbortController().signal };
  await reading(config, session, work);
  return String((err as unknown as PassThrough).read() ?? '');
}

it('read models that are behind an import that broke off catch up by the same import, and it is said so', async () => {
  const source = exported(files);
  const first = await ImportProgram.open({ around: breaking });
  await expect(first.import(base, source)).rejects.toMatchObject({ code: 'store-unavailable' });
  await first.close({ keep: true });
  expect(await notesOn(first.folder)).toMatch(/import that wrote last did not come to its end.* records nothing twice/);

  const second = await ImportProgram.open({ folder: first.folder });
  await second.import(base, source);
  await second.close({ keep: true });
  const notes = await notesOn(first.folder);
  expect(notes).toContain('events behind the log: `annals rebuild --all`');
  expect(notes).not.toContain('did not come to its end');
  const missing = () => Promise.reject(new Missing('customer', 'c'));
  await expect(notesOn(first.folder, missing)).rejects.toMatchObject({
    code: 'customer-unknown',
    message: 'There is no customer c. It may not be in the read models yet, which are behind the log.',
    status: 404,
  });

  const last = await ImportProgram.open({ folder: first.folder });
  await last.project();
  await last.close({ keep: true });
  expect(await notesOn(first.folder)).toBe('');
  await expect(notesOn(first.folder, missing)).rejects.toMatchObject({ message: 'There is no customer c.' });

  const by = await ImportProgram.open({ folder: first.folder });
  await by.store.append('lead-1', 'any', events(1, 'TaskStarted'));
  await by.close({ keep: true });
  expect(await notesOn(first.folder)).toContain('Read models are 1 event behind the log');
  rmSync(first.folder, { recursive: true });
});

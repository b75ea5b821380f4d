import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NONE, Overtaken } from '../../libs/processes/memory/process-memory.js';
import type { ProcessMemory } from '../../libs/processes/memory/process-memory.js';

/** A place where one memory lies. */
export interface MemoryPlace {
  /** Opens it; also a second time beside the first, as another program does. */
  open(): Promise<ProcessMemory>;
  remove(): Promise<void>;
}

/** What the memory of processes is, whichever engine keeps it. */
export function processMemoryContract(
  name: string,
  makePlace: () => Promise<MemoryPlace>,
  { lasts = true }: { readonly lasts?: boolean } = {},
): void {
  describe(`the memory of processes on ${name}`, () => {
    let place: MemoryPlace;
    let opened: ProcessMemory[];
    let memory: ProcessMemory;

    beforeEach(async () => {
      place = await makePlace();
      memory = await place.open();
      opened = [memory];
    });
    afterEach(async () => {
      for (const each of opened) await each.close();
      await place.remove();
    });
    const another = async (): Promise<ProcessMemory> => {
      const made = await place.open();
      opened.push(made);
      return made;
    };

    it('holds nothing before it is written', async () => {
      expect(await memory.read('state.a')).toBeUndefined();
    });

    it('gives back each document as it was last written, each under its name', async () => {
      const first = await memory.write('state.a', { position: 1 }, NONE);
      const other = await memory.write('state.b', { position: 7 }, NONE);
      const second = await memory.write('state.a', { position: 2, texts: ['ä "\u{1f600}"', null] }, first);
      expect(second).toBeGreaterThan(first);
      expect(await memory.read('state.a')).toEqual({
        document: { position: 2, texts: ['ä "\u{1f600}"', null] },
        revision: second,
      });
      expect(await memory.read('state.b')).toEqual({ document: { position: 7 }, revision: other });
    });

    it('replaces the document that was read, and no later one', async () => {
      const first = await memory.write('state.a', { by: 'ann' }, NONE);
      const second = await memory.write('state.a', { by: 'bob' }, first);
      for (const stale of [NONE, first, second + 1]) {
        await expect(memory.write('state.a', { by: 'stale' }, stale)).rejects.toBeInstanceOf(Overtaken);
      }
      await expect(memory.write('state.c', { by: 'ann' }, 3)).rejects.toThrow('state.c has been taken over');
      expect(await memory.read('state.a')).toEqual({ document: { by: 'bob' }, revision: second });
      expect(await memory.read('state.c')).toBeUndefined();
    });

    it('of many writings of one program loses none', async () => {
      let revision = await memory.write('state.a', { count: 0 }, NONE);
      for (let count = 1; count <= 50; count += 1) revision = await memory.write('state.a', { count }, revision);
      expect(await memory.read('state.a')).toEqual({ document: { count: 50 }, revision });
    });

    it('keeps a document of 900,000 bytes', async () => {
      const document = { text: 'x'.repeat(899_980) };
      await memory.write('state.a', document, NONE);
      expect((await memory.read('state.a'))?.document).toEqual(document);
    });

    if (!lasts) return;

    it('is there again when it is opened again, or by another program', async () => {
      const revision = await memory.write('state.a', { position: 1 }, NONE);
      const kept = { document: { position: 1 }, revision };
      expect(await (await another()).read('state.a')).toEqual(kept);
      await memory.close();
      expect(await (await another()).read('state.a')).toEqual(kept);
    });

    it('of several programs that replace one document lets one', async () => {
      const all = [memory, await another(), await another()];
      for (let revision = NONE, round = 0; round < 5; round += 1) {
        const tried = await Promise.allSettled(all.map((each, by) => each.write('state.a', { by, round }, revision)));
        const written = tried.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
        expect(written).toHaveLength(1);
        for (const outcome of tried)
          if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(Overtaken);
        revision = written[0]!;
        for (const each of all) expect(await each.read('state.a')).toMatchObject({ document: { round }, revision });
      }
    });
  });
}

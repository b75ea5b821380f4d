import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Content } from '../read-models.js';

/** Documents or cells per batch of a complete read. */
const SOME = 500;

export async function* someOf(contents: AsyncIterable<Content>): AsyncGenerator<readonly Content[]> {
  let found: Content[] = [];
  for await (const content of contents) {
    found.push(content);
    if (found.length < SOME) continue;
    yield found;
    found = [];
  }
  yield found;
}

/**
 * Reads everything from one moment without transactions: repeats the read until the stamp has not changed meanwhile. Buffers in
 * temporary files, because the consumer may be slow and the content may not fit into memory.
 */
export async function* spooled(
  read: () => AsyncIterable<readonly Content[]>,
  stamp: () => Promise<unknown>,
): AsyncGenerator<readonly Content[]> {
  const folder = await mkdtemp(join(tmpdir(), 'annals-contents-'));
  try {
    let files = 0;
    for (let before = ''; ;) {
      const now = JSON.stringify(await stamp());
      if (files > 0 && now === before) break;
      [before, files] = [now, 0];
      for await (const some of read()) {
        await writeFile(join(folder, String(files)), JSON.stringify(some));
        files += 1;
      }
    }
    for (let file = 0; file < files; file += 1) {
      yield JSON.parse(await readFile(join(folder, String(file)), 'utf8')) as readonly Content[];
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { NONE, Overtaken, ProcessMemory } from './process-memory.js';
import type { Kept } from './process-memory.js';

/** Gone with the program: for dry runs, and for tests. */
export class ScratchProcessMemory extends ProcessMemory {
  readonly #texts = new Map<string, { readonly text: string; readonly revision: number }>();

  async read(name: string): Promise<Kept | undefined> {
    const found = this.#texts.get(name);
    return found && { document: JSON.parse(found.text) as unknown, revision: found.revision };
  }

  async write(name: string, document: object, revision: number): Promise<number> {
    if ((this.#texts.get(name)?.revision ?? NONE) !== revision) throw new Overtaken(name);
    this.#texts.set(name, { text: JSON.stringify(document), revision: revision + 1 });
    return revision + 1;
  }

  async close(): Promise<void> {}
}

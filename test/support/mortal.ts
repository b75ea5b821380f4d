import type { ReadModels } from '../../libs/read-models/read-models.js';

/** What writes. */
export const WRITES: ReadonlySet<string | symbol> = new Set([
  'create',
  'transition',
  'activate',
  'index',
  'write',
  'attempt',
  'unpark',
]);

/** A program that can die: from then on nothing it does reaches its read models. */
export class Mortal {
  dead = false;
  writes = 0;
  readonly readModels: ReadModels;

  /**
   * @param last the number of the write it dies of, if it has not died before
   * @param done whether that write is made
   * @param writes what counts as one
   */
  constructor(readModels: ReadModels, last = Infinity, done = false, writes = WRITES) {
    this.readModels = new Proxy(readModels, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        if (name === 'contents') return target.contents.bind(target);
        return async (...args: unknown[]) => {
          this.#live();
          const result = async () => (await Reflect.apply(member, target, args)) as unknown;
          if (!writes.has(name) || (this.writes += 1) < last) return result();
          if (done) await result();
          this.dead = true;
          this.#live();
        };
      },
    });
  }

  #live(): void {
    if (this.dead) throw new Error('dead');
  }
}

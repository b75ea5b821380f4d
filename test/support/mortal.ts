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

/** A program that can die: from then on nothing it does reaches its read models, or its memory. */
export class Mortal<Target extends object> {
  dead = false;
  writes = 0;
  readonly target: Target;

  /**
   * @param last the number of the write it dies of, if it has not died before
   * @param done whether that write is made
   * @param writes what counts as one
   */
  constructor(target: Target, last = Infinity, done = false, writes = WRITES) {
    this.target = new Proxy(target, {
      get: (alive, name) => {
        const member: unknown = Reflect.get(alive, name);
        if (typeof member !== 'function') return member;
        // An iteration, which nothing awaits.
        if (name === 'contents') return member.bind(alive) as unknown;
        return async (...args: unknown[]) => {
          this.#live();
          const result = async () => (await Reflect.apply(member, alive, args)) as unknown;
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

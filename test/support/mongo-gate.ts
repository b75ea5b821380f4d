import { Collection, FindCursor } from 'mongodb';
import type { MongoClient } from 'mongodb';

/** What a program asks of its server, and waits for. */
const STEPS = [
  'findOne',
  'insertOne',
  'updateOne',
  'updateMany',
  'replaceOne',
  'deleteOne',
  'deleteMany',
  'findOneAndUpdate',
  'findOneAndDelete',
  'bulkWrite',
] as const;

export interface Gate {
  /** Resolves when the client stands still. */
  readonly reached: Promise<void>;
  /** Lets it go on, and stops no other. */
  open(): void;
}

/** A client of this `appName` stands still ahead of the n-th thing it asks of its server from now on. */
export function standAhead(n: number, name: string): Gate {
  const [reached, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let steps = 0;
  const restore: (() => void)[] = [];
  const standing = (prototype: object, method: string) => {
    const original = Reflect.get(prototype, method) as (...args: unknown[]) => Promise<unknown>;
    Reflect.set(prototype, method, async function (this: { client: MongoClient }, ...args: unknown[]) {
      if (this.client.options.appName === name && (steps += 1) === n) {
        reached.resolve();
        await opened.promise;
      }
      return Reflect.apply(original, this, args);
    });
    restore.push(() => Reflect.set(prototype, method, original));
  };
  for (const step of STEPS) standing(Collection.prototype, step);
  standing(FindCursor.prototype, 'toArray');
  return {
    reached: reached.promise,
    open: () => {
      for (const each of restore) each();
      opened.resolve();
    },
  };
}

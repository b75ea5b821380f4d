import { Collection, MongoBulkWriteError, MongoClient } from 'mongodb';

/** What changes something, by the first word of the command. */
const WRITES = new Set([
  'insert',
  'update',
  'delete',
  'findAndModify',
  'create',
  'createIndexes',
  'drop',
  'commitTransaction',
]);

/**
 * From now on every write that a client of this name sends is sent by itself, and ahead of the n-th it dies.
 * @param name `appName` in the URL, which has to say `monitorCommands=true`
 * @returns what ends it
 */
export function dieAhead(n: number, name: string, die: () => void): () => void {
  let writes = 0;
  const emit = MongoClient.prototype.emit;
  MongoClient.prototype.emit = function (this: MongoClient, event: string, ...args: unknown[]) {
    const { commandName } = (args[0] ?? {}) as { commandName?: string };
    if (event === 'commandStarted' && this.options.appName === name && WRITES.has(commandName!)) {
      writes += 1;
      if (writes >= n) die();
    }
    return Reflect.apply(emit, this, [event, ...args]) as boolean;
  } as typeof emit;

  const bulkWrite = Collection.prototype.bulkWrite;
  Collection.prototype.bulkWrite = async function (this: Collection, operations, options) {
    let passed: MongoBulkWriteError | undefined;
    for (const operation of operations) {
      try {
        await Reflect.apply(bulkWrite, this, [[operation], options]);
      } catch (error) {
        if (!(error instanceof MongoBulkWriteError)) throw error;
        passed = error;
      }
    }
    if (passed) throw passed;
    return undefined as never;
  } as typeof bulkWrite;
  return () => {
    MongoClient.prototype.emit = emit;
    Collection.prototype.bulkWrite = bulkWrite;
  };
}

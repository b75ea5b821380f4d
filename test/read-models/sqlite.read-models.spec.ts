import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock } from '../../libs/clock.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite.read-models.js';
import { readModelsContract } from '../contracts/read-models.contract.js';
import { folder } from '../support/folder.js';

readModelsContract('SQLite', async () => {
  const place = folder();
  return {
    open: async (options) =>
      new SqliteReadModels({ path: join(place, 'read-models.db'), clock: new SystemClock(), ...options }),
    remove: async () => rmSync(place, { recursive: true, force: true }),
  };
});

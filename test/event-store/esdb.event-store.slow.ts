import { join } from 'node:path';
import { EsdbEventStore } from '../../libs/event-store/esdb/esdb.event-store.js';
import { eventStoreContract } from '../contracts/event-store.contract.js';
import { folder } from '../support/folder.js';
import { endLog, serveLog } from '../support/log-servers.js';

eventStoreContract(
  'EventStoreDB',
  async () => {
    const path = join(folder(), 'events.db');
    const url = await serveLog(path);
    return {
      open: (options) => EsdbEventStore.open({ url, ...options }),
      remove: async () => void (await endLog(path)),
    };
  },
  { ids: 'in its stream' },
);

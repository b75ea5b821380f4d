import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import type { SettleImportRows } from './commands.js';
import type { ImportEvents } from './events.js';

/** What imports of one source remember. Which rows those are is read by the importer, page by page. */
export interface Settled {
  readonly rows: number;
}

export const settled = decider<Settled, ImportEvents>({
  category: 'import',
  initial: { rows: 0 },
  evolve: {
    ImportRowsSettled: ({ rows }, { refused, unchanged }) => ({
      rows: refused.reduce((sum, each) => sum + each.rows.length, rows + unchanged.length),
    }),
  },
});

export function settleRows(
  _: Settled,
  { sourceId, source, refused, unchanged }: SettleImportRows,
): EventOf<ImportEvents>[] {
  if (refused.length + unchanged.length === 0) return [];
  return [{ type: 'ImportRowsSettled', data: { sourceId, source, refused, unchanged } }];
}

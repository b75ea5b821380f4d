import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import type { ReadModelEvents } from './events.js';

type Event = EventOf<ReadModelEvents>;
type Copied = ReadModelEvents['ReadModelSwitched']['to'];

/** State of a read model according to the log. */
export interface Known {
  /** The copy that serves; known since the first switch. */
  readonly serving: Copied | undefined;
  /** The last rollback. */
  readonly rolledBack: { readonly to: Copied; readonly from: Copied } | undefined;
  /** Whether a rebuild was requested since; it takes over when it is built. */
  readonly rebuilding: boolean;
}

export const readModelHistory = decider<Known, ReadModelEvents>({
  category: 'readModel',
  initial: { serving: undefined, rolledBack: undefined, rebuilding: false },
  evolve: {
    ReadModelRebuildRequested: (state) => ({ ...state, rebuilding: true }),
    ReadModelRebuildCancelled: (state) => ({ ...state, rebuilding: false }),
    ReadModelSwitched: (state, { to }) => ({ serving: to, rolledBack: stillBack(state, to), rebuilding: false }),
    ReadModelRolledBack: (_, { to, from }) => ({ serving: to, rolledBack: { to, from }, rebuilding: false }),
  },
});

/**
 * A rollback outlives switches between the two definitions it names: the copy may be built again, and a program without the
 * definition gone back to serves the other one meanwhile. A requested rebuild or a third definition ends it.
 */
function stillBack({ rolledBack, rebuilding }: Known, { definition }: Copied): Known['rolledBack'] {
  const named = [rolledBack?.to.definition, rolledBack?.from.definition];
  return !rebuilding && named.includes(definition) ? rolledBack : undefined;
}

/** Whether this is the copy that was gone back from: a rollback is recorded before it is done. */
export const goneBackFrom = ({ rolledBack }: Known, { generation, definition }: Copied): boolean =>
  rolledBack?.from.generation === generation && rolledBack.from.definition === definition;

/** Records a switch once for each copy. @param before the copy that served before, if the log does not know it */
export function switchTo(state: Known, readModel: string, to: Copied, before: Copied): Event[] {
  const from = state.serving ?? before;
  if (from.generation === to.generation && from.definition === to.definition) return [];
  return [{ type: 'ReadModelSwitched', data: { readModel, to, from } }];
}

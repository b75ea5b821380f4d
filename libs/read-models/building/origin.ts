import { Refusal } from '../../errors.js';
import type { EventStore } from '../../event-store/event-store.js';
import type { ReadModels } from '../read-models.js';

/**
 * Identity of a log: its first event with its position. It differs also for a copy of the log with other positions. Nothing
 * for an empty log.
 */
export async function nameOf(store: EventStore): Promise<string | undefined> {
  for (let after = 0; ;) {
    const { events, scanned, end } = await store.readLog({ after, limit: 1 });
    const [first] = events;
    if (first) return `${first.id}@${first.position}`;
    if (end) return undefined;
    after = scanned;
  }
}

/**
 * Checks that the read models were made from this log. Positions of another log, or of a copy in another engine, would skip
 * events.
 * @throws Refusal `log-other`
 */
export async function checkOrigin(store: EventStore, readModels: ReadModels): Promise<void> {
  const known = await readModels.madeFrom();
  if (known === undefined) return;
  const name = await nameOf(store);
  // An empty log has no identity; a log that was emptied is detected by its positions.
  if (name !== undefined && name !== known) throw other(known, name);
}

/**
 * Stores the identity of the log before the first page is written. @returns whether it is known now
 * @throws Refusal `log-other`
 */
export async function keepOrigin(store: EventStore, readModels: ReadModels): Promise<boolean> {
  const name = await nameOf(store);
  if (name === undefined) return false;
  const known = await readModels.madeFrom(name);
  if (known !== name) throw other(known, name);
  return true;
}

function other(known: string | undefined, log: string): Refusal {
  const message =
    'Read models were made from another log, or from this one where it was before it was moved: positions there mean nothing ' +
    'here. Set READ_MODELS_URL to where nothing is yet, or delete the read models: they are computed from the log there is. ' +
    'Or set EVENT_STORE_URL back.';
  return new Refusal('log-other', message, { known, log });
}

import type { StateReader } from '../event-store/decider.js';
import { deskIdOf } from './desk-id.js';
import { desk } from './desk.decider.js';
import type { DecidedFacts, DeskKind } from './events.js';

/**
 * What other contexts know of a decision of a desk when they carry it out.
 * @returns undefined when the subject does not wait for this assignment: it was carried out, or the person was passed over
 */
export async function decidedFacts(
  streams: StateReader,
  deskKind: DeskKind,
  subjectId: string,
  assignmentId: string,
): Promise<DecidedFacts | undefined> {
  const { state } = await streams.load(desk, deskIdOf(deskKind));
  const pending = state.pending.get(subjectId);
  if (pending?.assignmentId !== assignmentId) return undefined;
  const { ruleId, ruleVersion, from, chosen } = pending;
  return { assignment: { assignmentId, ruleId, ruleVersion }, from, chosen };
}

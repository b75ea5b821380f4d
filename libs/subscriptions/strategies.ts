import type { RecordedEvent } from '../event-store/event-store.js';
import { spreadingHash } from '../spreading-hash.js';
import type { Strategy } from './sqlite-groups.js';

/** Streams are pinned by bucket, so that memory does not grow with their number. */
const BUCKETS = 1_024;

export interface Candidate {
  readonly id: string;
  /** How many more events it takes before it acknowledges one. */
  readonly free: number;
}

/**
 * Chooses the consumer for an event; returns nothing when that consumer has no room.
 * @param candidates for round-robin strategies the longest waiting one first, otherwise in the order in which they joined
 */
export function chosen<Each extends Candidate>(
  strategy: Strategy,
  candidates: readonly Each[],
  event: RecordedEvent,
): Each | undefined {
  if (!strategy.startsWith('Pinned')) return candidates.find(({ free }) => free > 0);
  const pinnedBy = strategy === 'Pinned' ? event.stream : event.metadata.correlationId;
  const best = highest(candidates, spreadingHash(pinnedBy) % BUCKETS);
  return best && best.free > 0 ? best : undefined;
}

/** Rendezvous hashing: a consumer that joins or leaves moves only its own buckets. */
function highest<Each extends Candidate>(candidates: readonly Each[], bucket: number): Each | undefined {
  let best: Each | undefined;
  let most = -1;
  for (const candidate of candidates) {
    const score = spreadingHash(`${bucket} ${candidate.id}`);
    if (score <= most) continue;
    best = candidate;
    most = score;
  }
  return best;
}

import type { RecordedEvent } from '../event-store/event-store.js';
import { spreadingHash } from '../spreading-hash.js';
import type { Strategy } from './sqlite-groups.js';

/** Streams are pinned by bucket, so that what is pinned does not grow with their number. */
const BUCKETS = 1_024;

export interface Candidate {
  readonly id: string;
  /** How many more events it takes before it has dealt with one. */
  readonly free: number;
}

/**
 * Who gets the event; nobody where the one who should has no room. Candidates are given with the one who waits longest in
 * front where turns are taken, and in the order in which they came otherwise.
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

/** The highest of hashes of bucket and consumer wins: who comes or goes moves no bucket but their own. */
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

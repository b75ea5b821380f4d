import { spreadingHash } from '../spreading-hash.js';
import type { AssignmentCandidate, AssignmentMethod, Tie } from './events.js';

/** A person who can be chosen, with what the desk remembers of them. */
export interface Waiting extends AssignmentCandidate {
  /** Number of the decision by which the rule chose the person last; 0 for never. */
  readonly lastTurn: number;
  /** What the rule owes the person by their weight: see `choose`. */
  readonly credit: number;
}

export interface Choice {
  readonly chosen: Waiting;
  readonly tie: Tie;
}

/**
 * Chooses one of the candidates, whatever order they come in.
 * - `round-robin`: the one who waits longest, counted in decisions, since several can be of one moment.
 * - `least-loaded`: the one with the fewest open subjects.
 * - `weighted`: the one to whom most is owed. Each decision owes every candidate their weight, and takes the sum of all weights
 *   from the one who is chosen (smooth weighted round-robin, as in nginx): shares come to the weights without runs of one person.
 *
 * Of several, the one who waits longest; of several of these, the one with the least hash of subject and person, which favours no id.
 * @returns undefined when there is no candidate
 */
export function choose(
  method: AssignmentMethod,
  candidates: readonly Waiting[],
  subjectId: string,
): Choice | undefined {
  const best = least(candidates, figure[method]);
  const waiting = least(best, figure['round-robin']);
  const hash = ({ employeeId }: Waiting) => spreadingHash(`${subjectId} ${employeeId}`);
  // Two hashes of 32 bits are the same once in four thousand million pairs; then ids decide, so that the order given does not.
  const [chosen] = least(waiting, hash).toSorted((one, other) => (one.employeeId < other.employeeId ? -1 : 1));
  return chosen && { chosen, tie: best.length === 1 ? 'none' : waiting.length === 1 ? 'waiting' : 'hash' };
}

const figure: Readonly<Record<AssignmentMethod, (candidate: Waiting) => number>> = {
  'round-robin': ({ lastTurn }) => lastTurn,
  'least-loaded': ({ load }) => load ?? 0,
  weighted: ({ credit, weight }) => -(credit + (weight ?? 1)),
};

function least(candidates: readonly Waiting[], of: (candidate: Waiting) => number): readonly Waiting[] {
  const smallest = candidates.reduce((before, each) => (of(each) < before ? of(each) : before), Infinity);
  return candidates.filter((each) => of(each) === smallest);
}

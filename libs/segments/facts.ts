import type { StateReader } from '../event-store/decider.js';
import type { Segment, SegmentRules } from '../segmenting.js';
import { isId } from '../ids.js';
import { employeeFacts } from '../organisation/facts.js';
import { poolFacts } from '../pools/facts.js';
import { segmentsId } from './events.js';
import type { UnknownFacts } from './segment.rules.js';
import { segments } from './segments.decider.js';

/** The segments in force, in the order in which they were defined. */
export const segmentsInForce = async (streams: StateReader): Promise<readonly Segment[]> =>
  [...(await streams.load(segments, segmentsId)).state.values()].filter(({ isRetired }) => !isRetired);

export const isAnySegmentInForce = async (streams: StateReader): Promise<boolean> =>
  (await segmentsInForce(streams)).length > 0;

/** Owners and pools that conditions name and that are not there. */
export async function unknownIn({ anyOf }: SegmentRules, streams: StateReader): Promise<UnknownFacts> {
  const unknown: { field: string; id: string }[] = [];
  for (const [group, { allOf }] of anyOf.entries()) {
    for (const [index, { field, is }] of allOf.entries()) {
      if (field !== 'owner' && field !== 'pool') continue;
      const there = field === 'owner' ? employeeFacts : poolFacts;
      for (const id of is) {
        const at = `anyOf.${group}.allOf.${index}.is`;
        if (!isId(id) || !(await there(streams, id))) unknown.push({ field: at, id });
      }
    }
  }
  return { unknown };
}

import { differences } from '../changes.js';
import { customerKinds, customerStatuses, interactionChannels } from '../customers/events.js';
import { Missing, Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import { checkSegment } from '../segmenting.js';
import type { SegmentRules } from '../segmenting.js';
import { normalForm } from '../text.js';
import type { DefineSegment, RedefineSegment, RetireSegment } from './commands.js';
import type { SegmentEvents } from './events.js';
import type { KnownSegment, Segments } from './segments.decider.js';

type Event = EventOf<SegmentEvents>;

/** What there is none of, among what conditions name by its id. */
export interface UnknownFacts {
  readonly unknown: readonly { readonly field: string; readonly id: string }[];
}

/** The words that customers have. Merged ones and archived ones belong to no segment. */
const vocabularies = {
  kind: customerKinds,
  status: customerStatuses.filter((status) => status !== 'archived' && status !== 'merged'),
  channel: interactionChannels,
};

/** @throws Refusal `segment-invalid` · `reference-unknown` */
export function checkConditions(rules: SegmentRules, { unknown }: UnknownFacts): void {
  checkSegment(rules, vocabularies);
  if (unknown.length === 0) return;
  const said = unknown.map(({ id }) => id).join(', ');
  const field = unknown[0]!.field;
  throw new Refusal('reference-unknown', `There is nothing of this kind called ${said}.`, { field, unknown });
}

/** The same segment again changes nothing. */
export function defineSegment(
  state: Segments,
  { segmentId, name, anyOf }: DefineSegment,
  _now: string,
  facts: UnknownFacts,
): Event[] {
  const before = state.get(segmentId);
  if (before && isSame(before, name, { anyOf })) return [];
  if (before) throw new Refusal('segment-exists', 'There is a segment with this id.', { segmentId }, 409);
  checkConditions({ anyOf }, facts);
  checkName(state, segmentId, name);
  return [{ type: 'SegmentDefined', data: { segmentId, version: 1, name, anyOf } }];
}

/** @throws Missing · Refusal `segment-retired` */
export function redefineSegment(
  state: Segments,
  { segmentId, name, anyOf }: RedefineSegment,
  _now: string,
  facts: UnknownFacts,
): Event[] {
  const before = state.get(segmentId);
  if (!before) throw new Missing('segment', segmentId);
  if (before.isRetired) throw new Refusal('segment-retired', 'The segment was given up.', { segmentId }, 409);
  checkConditions({ anyOf }, facts);
  checkName(state, segmentId, name);
  if (isSame(before, name, { anyOf })) return [];
  return [{ type: 'SegmentDefined', data: { segmentId, version: before.version + 1, name, anyOf } }];
}

export function retireSegment(state: Segments, { segmentId }: RetireSegment): Event[] {
  const segment = state.get(segmentId);
  if (!segment) throw new Missing('segment', segmentId);
  return segment.isRetired ? [] : [{ type: 'SegmentRetired', data: { segmentId } }];
}

const isSame = (before: KnownSegment, name: string, { anyOf }: SegmentRules): boolean =>
  !before.isRetired && !differences({ name: before.name, anyOf: before.anyOf }, { name, anyOf });

/** @throws Refusal `segment-name-taken` */
function checkName(state: Segments, segmentId: string, name: string): void {
  const namesake = state.find(
    (each) => each.segmentId !== segmentId && !each.isRetired && normalForm(each.name) === normalForm(name),
  );
  if (!namesake) return;
  const taken = { field: 'name', segmentId: namesake.segmentId };
  throw new Refusal('segment-name-taken', `There is a segment called ${name}.`, taken, 409);
}

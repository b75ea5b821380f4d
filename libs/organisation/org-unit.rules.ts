import { Refusal } from '../errors.js';
import { normalForm } from '../text.js';
import type {
  AppointOrgUnitHead,
  AssignOrgUnitProcess,
  CloseOrgUnit,
  CreateOrgUnit,
  MoveOrgUnit,
  NewOrgUnit,
  RenameOrgUnit,
  ReopenOrgUnit,
  SetOrgUnitResponsibilities,
  UnassignOrgUnitProcess,
} from './commands.js';
import { levels } from './events.js';
import { by, found, inOrder } from './lookup.decider.js';
import { dated, effective, incumbentsOf, livePosition, openUnit, sameTexts } from './organisation.decider.js';
import type { Organisation, OrganisationEvent, OrgUnit } from './organisation.decider.js';

type Placed = Pick<OrgUnit, 'name' | 'level' | 'parentId'>;

/** Creating the same unit with the same content again changes nothing. */
export function createOrgUnit(state: Organisation, { orgUnitId, unit }: CreateOrgUnit): OrganisationEvent[] {
  const { name, kind, level, parentId } = unit;
  const known = state.units.get(orgUnitId);
  if (known && same(known, unit)) return [];
  if (known)
    throw new Refusal('org-unit-exists', 'A unit of this id is there, with other content.', { orgUnitId }, 409);
  checkPlace(state, orgUnitId, unit);
  return [{ type: 'OrgUnitCreated', data: { orgUnitId, name, kind, level, parentId } }];
}

export function renameOrgUnit(state: Organisation, { orgUnitId, name }: RenameOrgUnit): OrganisationEvent[] {
  const unit = openUnit(state, orgUnitId);
  if (unit.name === name) return [];
  checkName(state, orgUnitId, { ...unit, name });
  return [{ type: 'OrgUnitRenamed', data: { orgUnitId, from: unit.name, to: name } }];
}

export function moveOrgUnit(state: Organisation, command: MoveOrgUnit, now: string): OrganisationEvent[] {
  const { orgUnitId, parentId, effectiveFrom } = command;
  const unit = openUnit(state, orgUnitId);
  const at = effective(effectiveFrom, now, 'effectiveFrom');
  if (unit.parentId === parentId) return [];
  openUnit(state, parentId);
  const above = lineage(state, parentId);
  if (above.some(([id]) => id === orgUnitId)) {
    throw new Refusal('org-cycle', 'A unit cannot come under itself or under a unit below it.', { field: 'parentId' });
  }
  checkPlace(state, orgUnitId, { ...unit, parentId });
  checkMoment(unit, above, at);
  return [dated({ type: 'OrgUnitMoved', data: { orgUnitId, from: unit.parentId, to: parentId } }, at, now)];
}

export function setOrgUnitResponsibilities(
  state: Organisation,
  command: SetOrgUnitResponsibilities,
): OrganisationEvent[] {
  const { orgUnitId, responsibilities } = command;
  if (sameTexts(openUnit(state, orgUnitId).responsibilities, responsibilities)) return [];
  return [{ type: 'OrgUnitResponsibilitiesDefined', data: { orgUnitId, responsibilities: [...responsibilities] } }];
}

export function assignOrgUnitProcess(
  state: Organisation,
  { orgUnitId, process }: AssignOrgUnitProcess,
): OrganisationEvent[] {
  if (inAnySpelling(openUnit(state, orgUnitId), process).length > 0) return [];
  return [{ type: 'OrgUnitProcessAssigned', data: { orgUnitId, process } }];
}

/** This process of a unit, as it is written there; logs may hold it in several spellings. */
const inAnySpelling = ({ processes }: OrgUnit, process: string): readonly string[] =>
  [...processes].filter((each) => normalForm(each) === normalForm(process));

export function unassignOrgUnitProcess(
  state: Organisation,
  { orgUnitId, process }: UnassignOrgUnitProcess,
): OrganisationEvent[] {
  return inAnySpelling(openUnit(state, orgUnitId), process).map((each) => ({
    type: 'OrgUnitProcessUnassigned' as const,
    data: { orgUnitId, process: each },
  }));
}

export function appointOrgUnitHead(
  state: Organisation,
  { orgUnitId, positionId }: AppointOrgUnitHead,
): OrganisationEvent[] {
  const { name, headPositionId: from } = openUnit(state, orgUnitId);
  if (from === positionId) return [];
  if (positionId !== null && livePosition(state, positionId).orgUnitId !== orgUnitId) {
    throw new Refusal('head-not-in-unit', `The head of ${name} must be a position of ${name}.`, {
      field: 'positionId',
    });
  }
  return [{ type: 'OrgUnitHeadAppointed', data: { orgUnitId, from, to: positionId } }];
}

export function closeOrgUnit(state: Organisation, { orgUnitId }: CloseOrgUnit, now: string): OrganisationEvent[] {
  const { name } = openUnit(state, orgUnitId);
  const children = found(state.lookup, by.parent(orgUnitId)).size;
  const employees = found(state.lookup, by.unit(orgUnitId)).flatMap((positionId) =>
    incumbentsOf(state, positionId, now),
  ).size;
  if (children + employees > 0) {
    throw new Refusal('org-unit-not-empty', `${name} has units below it or people in it.`, { children, employees });
  }
  return [{ type: 'OrgUnitClosed', data: { orgUnitId } }];
}

/** Its head may have gone to another unit, or been retired, while it was closed; then it has none. */
export function reopenOrgUnit(state: Organisation, { orgUnitId }: ReopenOrgUnit): OrganisationEvent[] {
  const unit = state.units.get(orgUnitId);
  if (!unit || unit.open) {
    const { name } = openUnit(state, orgUnitId);
    throw new Refusal('org-unit-open', `${name} is open.`, { orgUnitId });
  }
  checkPlace(state, orgUnitId, unit);
  const reopened: OrganisationEvent = { type: 'OrgUnitReopened', data: { orgUnitId } };
  const { headPositionId: from } = unit;
  if (from === null || sits(state, from, orgUnitId)) return [reopened];
  return [reopened, { type: 'OrgUnitHeadAppointed', data: { orgUnitId, from, to: null } }];
}

function sits({ positions }: Organisation, positionId: string, orgUnitId: string): boolean {
  const position = positions.get(positionId);
  return position !== undefined && !position.retired && position.orgUnitId === orgUnitId;
}

const same = (known: OrgUnit, { name, kind, level, parentId }: NewOrgUnit): boolean =>
  known.name === name && known.kind === kind && known.level === level && known.parentId === parentId;

/** Whether a unit may be where it is to be: one root, an open parent of at least its level, a name of its own there. */
function checkPlace(state: Organisation, orgUnitId: string, unit: Placed): void {
  if (unit.parentId === null) {
    const [rootId] = others(state, by.parent(null), orgUnitId);
    if (rootId) throw new Refusal('org-root-exists', 'The chart has one root: name the unit above.', { rootId });
    return;
  }
  const parent = openUnit(state, unit.parentId);
  if (levels.indexOf(unit.level) < levels.indexOf(parent.level)) {
    throw new Refusal('org-level-above-parent', `A ${unit.level} unit cannot be under a ${parent.level} one.`, {
      field: 'level',
      level: unit.level,
      parentLevel: parent.level,
    });
  }
  checkName(state, orgUnitId, unit);
}

/** People tell sibling units apart by name, in its normal form; closed units give theirs free. */
function checkName(state: Organisation, orgUnitId: string, { name, parentId }: Placed): void {
  const [taken] = others(state, by.name(parentId, name), orgUnitId);
  if (taken) {
    throw new Refusal('org-name-taken', `There is a unit of this name beside it.`, { field: 'name', orgUnitId: taken });
  }
}

/** Units found under this key besides the one that is asked about, the first created first. */
const others = ({ units, lookup }: Organisation, key: string, orgUnitId: string): readonly string[] =>
  inOrder(units, found(lookup, key).delete(orgUnitId));

/**
 * A move takes effect after every earlier one of the unit and of the units above its new place. So the line above has
 * been the same from that moment until now, and the chart has no cycle at any moment in between.
 */
function checkMoment(unit: OrgUnit, above: readonly (readonly [string, OrgUnit])[], at: string): void {
  const parent = above[0]?.[1];
  if (at < unit.createdAt || (parent && at < parent.createdAt)) {
    throw new Refusal('org-unit-not-created-yet', 'The move would take effect before both units existed.', {
      field: 'effectiveFrom',
    });
  }
  const latest = [unit, ...above.map(([, each]) => each)].reduce(
    (most, { placedAt }) => (placedAt > most ? placedAt : most),
    '',
  );
  if (at < latest) {
    throw new Refusal('org-move-overlap', 'There was a later move of this unit or of one above its new place.', {
      field: 'effectiveFrom',
      earliest: latest,
    });
  }
}

/** The unit, and those above it, from below. */
function lineage({ units }: Organisation, orgUnitId: string): (readonly [string, OrgUnit])[] {
  const line: (readonly [string, OrgUnit])[] = [];
  for (let id: string | null = orgUnitId; id !== null;) {
    const unit: OrgUnit | undefined = units.get(id);
    if (!unit) break;
    line.push([id, unit]);
    id = unit.parentId;
  }
  return line;
}

import { Refusal } from '../errors.js';
import type { Money } from '../money.js';
import type {
  ChangePositionDuties,
  ChangePositionReportingLine,
  DefinePosition,
  MovePosition,
  NewPosition,
  RetirePosition,
  SetPositionApprovalLimit,
  SetPositionCustomerCap,
  SetPositionHeadcount,
} from './commands.js';
import type { CustomerCap } from './events.js';
import { by, found, inOrder } from './lookup.decider.js';
import { incumbentCount, incumbentsOf, livePosition, ongoing, openUnit, sameTexts } from './organisation.decider.js';
import type { Organisation, OrganisationEvent, Position } from './organisation.decider.js';

/** Defining the same position with the same content again changes nothing. */
export function definePosition(state: Organisation, { positionId, position }: DefinePosition): OrganisationEvent[] {
  const { orgUnitId, title, reportsToPositionId, duties, processSteps, headcount } = position;
  const known = state.positions.get(positionId);
  if (known && same(known, position)) return [];
  if (known)
    throw new Refusal('position-exists', 'A position of this id is there, with other content.', { positionId }, 409);
  openUnit(state, orgUnitId);
  checkLine(state, positionId, reportsToPositionId);
  const texts = { duties: [...duties], processSteps: [...processSteps] };
  return [
    { type: 'PositionDefined', data: { positionId, orgUnitId, title, reportsToPositionId, ...texts, headcount } },
  ];
}

export function changePositionDuties(state: Organisation, command: ChangePositionDuties): OrganisationEvent[] {
  const { positionId, duties } = command;
  const position = livePosition(state, positionId);
  const { processSteps = position.processSteps } = command;
  if (sameTexts(position.duties, duties) && sameTexts(position.processSteps, processSteps)) return [];
  return [
    { type: 'PositionDutiesChanged', data: { positionId, duties: [...duties], processSteps: [...processSteps] } },
  ];
}

export function changePositionReportingLine(
  state: Organisation,
  command: ChangePositionReportingLine,
): OrganisationEvent[] {
  const { positionId, reportsToPositionId: to } = command;
  const { reportsToPositionId: from } = livePosition(state, positionId);
  if (from === to) return [];
  checkLine(state, positionId, to);
  return [{ type: 'PositionReportingLineChanged', data: { positionId, from, to } }];
}

export function setPositionApprovalLimit(
  state: Organisation,
  { positionId, limit }: SetPositionApprovalLimit,
): OrganisationEvent[] {
  const { approvalLimit: from } = livePosition(state, positionId);
  if (sameMoney(from, limit)) return [];
  return [{ type: 'PositionApprovalLimitSet', data: { positionId, from, to: limit } }];
}

/** A cap below what somebody holds is allowed: it blocks new customers, it takes none away. */
export function setPositionCustomerCap(
  state: Organisation,
  { positionId, cap }: SetPositionCustomerCap,
): OrganisationEvent[] {
  const { customerCap: from } = livePosition(state, positionId);
  if (sameCap(from, cap)) return [];
  return [{ type: 'PositionCustomerCapSet', data: { positionId, from, to: cap } }];
}

export function setPositionHeadcount(
  state: Organisation,
  command: SetPositionHeadcount,
  now: string,
): OrganisationEvent[] {
  const { positionId, headcount } = command;
  const { title, headcount: from } = livePosition(state, positionId);
  if (from === headcount) return [];
  const incumbents = incumbentCount(state, positionId, now);
  if (headcount < incumbents) {
    throw new Refusal('headcount-exceeded', `${incumbents} people hold the position ${title}.`, {
      headcount,
      incumbents,
    });
  }
  return [{ type: 'PositionHeadcountSet', data: { positionId, from, to: headcount } }];
}

export function movePosition(
  state: Organisation,
  { positionId, orgUnitId }: MovePosition,
  now: string,
): OrganisationEvent[] {
  const { title, orgUnitId: from } = livePosition(state, positionId);
  if (from === orgUnitId) return [];
  openUnit(state, orgUnitId);
  const unit = state.units.get(from);
  if (unit?.open && unit.headPositionId === positionId) {
    throw new Refusal('position-in-use', `${title} leads its unit: appoint another head first.`, { headOf: [from] });
  }
  const employeeIds = incumbentsOf(state, positionId, now).filter((id) =>
    state.employees.get(id)?.assignments.some((held) => held.primary && held.positionId === positionId),
  );
  return [{ type: 'PositionMoved', data: { positionId, from, to: orgUnitId, employeeIds } }];
}

/** Names everything that still needs the position. */
/** @param facts flows of approval that name the position */
export function retirePosition(
  state: Organisation,
  { positionId }: RetirePosition,
  now: string,
  { flows }: { readonly flows: readonly string[] },
): OrganisationEvent[] {
  const { title } = livePosition(state, positionId);
  const incumbents = incumbentsOf(state, positionId, now);
  const headOf = inOrder(state.units, found(state.lookup, by.head(positionId)));
  const reporting = inOrder(state.positions, found(state.lookup, by.superior(positionId)));
  if (incumbents.length + headOf.length + reporting.length + flows.length > 0) {
    throw new Refusal(
      'position-in-use',
      `The position ${title} is held, leads a unit, others report to it, or a flow of approval names it.`,
      {
        incumbents,
        headOf,
        reporting,
        flows,
      },
    );
  }
  return [{ type: 'PositionRetired', data: { positionId } }];
}

/** A free place on a live position of an open unit, for somebody who does not hold it yet. */
export function vacantPosition(state: Organisation, positionId: string, employeeId: string, now: string): Position {
  const position = livePosition(state, positionId);
  openUnit(state, position.orgUnitId);
  const holds = state.employees
    .get(employeeId)
    ?.assignments.some((held) => held.positionId === positionId && ongoing(held, now));
  const { title, headcount } = position;
  const incumbents = incumbentCount(state, positionId, now);
  if (!holds && incumbents >= headcount) {
    throw new Refusal('headcount-exceeded', `The position ${title} takes ${headcount} and has ${incumbents}.`, {
      headcount,
      incumbents,
    });
  }
  return position;
}

function checkLine(state: Organisation, positionId: string, reportsTo: string | null): void {
  if (reportsTo === null) return;
  if (reportsTo !== positionId) livePosition(state, reportsTo);
  for (let id: string | null = reportsTo; id !== null; id = state.positions.get(id)?.reportsToPositionId ?? null) {
    if (id !== positionId) continue;
    throw new Refusal('reporting-cycle', 'A position cannot report to itself, over others or at once.', {
      field: 'reportsToPositionId',
    });
  }
}

const same = (known: Position, asked: NewPosition): boolean =>
  known.title === asked.title &&
  known.orgUnitId === asked.orgUnitId &&
  known.reportsToPositionId === asked.reportsToPositionId &&
  known.headcount === asked.headcount &&
  sameTexts(known.duties, asked.duties) &&
  sameTexts(known.processSteps, asked.processSteps);

const sameMoney = (one: Money | null, other: Money | null): boolean =>
  one?.amount === other?.amount && one?.currency === other?.currency;

const sameCap = (one: CustomerCap | null, other: CustomerCap | null): boolean =>
  one?.max === other?.max && one?.excludeWon === other?.excludeWon;

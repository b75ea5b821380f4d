/** What it takes to find somebody's manager; the state of the organisation has it, and so has the chart. */
export interface ReportingLines {
  unit(orgUnitId: string): { readonly parentId: string | null; readonly headPositionId: string | null } | undefined;
  position(positionId: string): { readonly orgUnitId: string; readonly reportsToPositionId: string | null } | undefined;
  /** Who holds a position, the one who answers for it first. */
  incumbents(positionId: string): readonly string[];
}

/**
 * Who a person answers to: the holder of the position theirs reports to, else the head of their unit, else of the nearest
 * unit above with another head. A unit one leads, alone or with others, is passed by. Null when nobody is found.
 */
export function managerOf(lines: ReportingLines, employeeId: string, primaryPositionId: string | null): string | null {
  const position = primaryPositionId === null ? undefined : lines.position(primaryPositionId);
  if (!position) return null;
  const { reportsToPositionId } = position;
  const superior =
    reportsToPositionId === null ? undefined : lines.incumbents(reportsToPositionId).find((id) => id !== employeeId);
  return superior ?? headAbove(lines, employeeId, position.orgUnitId);
}

/** The head of a unit, or of the nearest one above that has another head than this person; the empty id stands for nobody. */
export function headAbove(lines: ReportingLines, employeeId: string, orgUnitId: string): string | null {
  const passed = new Set<string>();
  for (let id: string | null = orgUnitId; id !== null && !passed.has(id);) {
    passed.add(id);
    const unit = lines.unit(id);
    if (!unit) return null;
    const heads = unit.headPositionId === null ? [] : lines.incumbents(unit.headPositionId);
    if (heads[0] !== undefined && !heads.includes(employeeId)) return heads[0];
    id = unit.parentId;
  }
  return null;
}

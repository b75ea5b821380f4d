import { approvalFlowList } from '../../projections/approval-flow-list.js';
import { customerValue } from '../../projections/customer-value.js';
import { employeeList } from '../../projections/employee-list.js';
import { pipelineList } from '../../projections/pipeline-list.js';
import { segmentList } from '../../projections/segment-list.js';
import { structureChart } from '../../projections/structure-chart.js';
import type { Projection } from '../read-models/projection.js';

/** What the ids of a dimension are ids of. */
export interface Thing {
  readonly kind: 'approval-flow' | 'customer' | 'employee' | 'org-unit' | 'pipeline' | 'segment';
  readonly of: Projection;
  /** What it is called; undefined where the document is of another kind. */
  readonly name: (document: unknown) => string | undefined;
}

const thing = <Document>(
  of: Projection<Document>,
  kind: Thing['kind'],
  name: (document: Document) => string | undefined,
): Thing => ({ kind, of: of as Projection, name: (document) => name(document as Document) });

const employee = thing(employeeList, 'employee', ({ name }) => name);

/** Dimensions that hold ids: where it is seen that there is such a thing, and what it is called. */
const THINGS: Readonly<Record<string, Thing>> = {
  employee,
  owner: employee,
  manager: employee,
  approver: employee,
  orgUnit: thing(structureChart, 'org-unit', (entry) => (entry.entry === 'unit' ? entry.name : undefined)),
  customer: thing(customerValue, 'customer', ({ name }) => name),
  approvalFlow: thing(approvalFlowList, 'approval-flow', ({ name }) => name),
  customerSegment: thing(segmentList, 'segment', ({ name }) => name),
  pipeline: thing(pipelineList, 'pipeline', ({ name }) => name),
};

/** What the values of a dimension are ids of; undefined where they are words. */
export const thingOf = (dimension: string): Thing | undefined =>
  Object.hasOwn(THINGS, dimension) ? THINGS[dimension] : undefined;

import { Injectable } from '@nestjs/common';
import { approvalFlowList } from '../../projections/approval-flow-list.js';
import { EventStore } from '../event-store/event-store.js';
import { Reading } from '../read-models/asking/reading.js';

const PAGE = 500;

/**
 * What names a position besides the structure, which only read models tell: they are asked once they have passed the head of the log. A
 * flow that is published between the question and the answer is not seen; its requests find the position vacant then, as the flow says.
 */
@Injectable()
export class NamedPositions {
  constructor(
    private readonly store: EventStore,
    private readonly reading: Reading,
  ) {}

  /** Flows of approval that take requests and ask the holders of this position. */
  async flows(positionId: string): Promise<string[]> {
    await this.reading.passed(approvalFlowList, await this.store.head());
    const readModels = await this.reading.of(approvalFlowList);
    const naming: string[] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await readModels.find(approvalFlowList, { filter: { status: 'published' }, limit: PAGE, cursor });
      for (const { flowId, versions } of page.items) {
        const approvers = versions.at(-1)?.steps.flatMap((step) => step.approvers) ?? [];
        if (approvers.some(({ by, id }) => by === 'position' && id === positionId)) naming.push(flowId);
      }
      cursor = page.next;
    }
    return naming;
  }
}

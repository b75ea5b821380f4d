import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { customerList } from '../../projections/customer-list.js';
import { Clock } from '../clock.js';
import { segmentedFacts } from '../customers/facts.js';
import { evolve } from '../event-store/decider.js';
import type { StateReader } from '../event-store/decider.js';
import { EventStore } from '../event-store/event-store.js';
import type { Until } from '../event-store/event-store.js';
import { Streams } from '../event-store/streams.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import { isInSegment, segmentInputs } from '../segmenting.js';
import type { SegmentInput, SegmentRules } from '../segmenting.js';
import { dayNumber } from '../tiering.js';
import { unknownIn } from './facts.js';
import { checkConditions } from './segment.rules.js';

/** A customer that would belong to the segment, and what its conditions found. */
export interface WhatIfMember {
  readonly customerId: string;
  readonly name: string;
  readonly inputs: readonly SegmentInput[];
}

export interface WhatIfSegment {
  /** Customers that were looked at, and those of them that would belong to it. */
  readonly totals: { readonly customers: number; readonly members: number };
  /** The first of these, by name, as many as were asked for. */
  readonly members: readonly WhatIfMember[];
}

/** Customers that are looked up at once. */
const PAGE = 200;

/** Says which customers would belong to a segment, now or at a moment. Nothing is recorded, and no state is kept. */
@Injectable()
export class SegmentWhatIf {
  constructor(
    private readonly store: EventStore,
    private readonly streams: Streams,
    private readonly reading: Reading,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal `segment-invalid` · `reference-unknown` */
  async run(rules: SegmentRules, when: When, limit: number): Promise<WhatIfSegment> {
    checkConditions(rules, await unknownIn(rules, this.streams));
    const until = this.reading.until(when);
    const today = dayNumber(this.reading.momentOf(when) ?? this.clock.now());
    const streams = this.#then(until);
    const lines = await this.reading.of(customerList, { after: when.after });
    const totals = { customers: 0, members: 0 };
    const members: WhatIfMember[] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await lines.find(customerList, { sort: ['nameKey'], limit: PAGE, cursor });
      for (const { customerId, name } of page.items) {
        const customer = await segmentedFacts(streams, customerId);
        if (!customer) continue;
        totals.customers += 1;
        if (!isInSegment(rules, customer, today)) continue;
        totals.members += 1;
        if (members.length < limit) members.push({ customerId, name, inputs: segmentInputs(rules, customer, today) });
      }
      cursor = page.next;
      await turn();
    }
    return { totals, members };
  }

  /** States as of a moment, which are folded and not kept: those that commands need stay where they are. */
  #then(until: Until | undefined): StateReader {
    return {
      load: async (of, id) => {
        let [state, revision, position] = [of.initial, -1, 0];
        for await (const events of this.store.pages(`${of.category}-${id}`, until ? { until } : {})) {
          for (const event of events) state = evolve(of, state, event);
          ({ revision, position } = events.at(-1) ?? { revision, position });
        }
        return { state, revision, position };
      },
    };
  }
}

export class TrySegment extends Query<WhatIfSegment> {
  constructor(
    readonly rules: SegmentRules,
    readonly when: When,
    readonly limit = 50,
  ) {
    super();
  }
}

@QueryHandler(TrySegment)
export class TrySegmentHandler implements IQueryHandler<TrySegment> {
  constructor(private readonly whatIf: SegmentWhatIf) {}

  execute({ rules, when, limit }: TrySegment): Promise<WhatIfSegment> {
    return this.whatIf.run(rules, when, limit);
  }
}

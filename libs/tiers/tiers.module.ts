import { Module } from '@nestjs/common';
import { handle } from '../event-store/handle.js';
import type { Question } from '../event-store/handle.js';
import { orgUnitFacts, positionFacts } from '../organisation/facts.js';
import * as commands from './commands.js';
import { GetTierPolicyHandler, ListTierPoliciesHandler } from './queries.js';
import { publishTierPolicy, tierPolicy } from './tier-policy.decider.js';
import type { RoutingFacts } from './tier-policy.decider.js';

/** Units and positions of the routing that cannot serve anybody. */
async function unusable({ command, streams }: Question<commands.PublishTierPolicy, unknown>): Promise<RoutingFacts> {
  const [units, positions]: [string[], string[]] = [[], []];
  for (const { orgUnitId, positionId } of command.routing) {
    if (orgUnitId !== null && !(await orgUnitFacts(streams, orgUnitId))?.open) units.push(orgUnitId);
    if (positionId !== null && (await positionFacts(streams, positionId))?.retired !== false)
      positions.push(positionId);
  }
  return { units, positions };
}

@Module({
  providers: [
    handle(commands.PublishTierPolicy, tierPolicy, publishTierPolicy, unusable),
    ListTierPoliciesHandler,
    GetTierPolicyHandler,
  ],
})
export class TiersModule {}

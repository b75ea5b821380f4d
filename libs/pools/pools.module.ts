import { Module } from '@nestjs/common';
import { calendarFacts } from '../calendars/facts.js';
import type { StateReader } from '../event-store/decider.js';
import { handle } from '../event-store/handle.js';
import type { Question } from '../event-store/handle.js';
import { employeeFacts, orgUnitFacts, positionFacts } from '../organisation/facts.js';
import type { Scope } from '../pooling.js';
import * as commands from './commands.js';
import { PoolEntries } from './entries.js';
import * as rules from './pool.rules.js';
import { pools } from './pools.decider.js';
import type { Pools } from './pools.decider.js';
import { GetPoolHandler, ListPoolsHandler } from './queries.js';

type Reference = rules.Unknown['unknown'][number];

/** What of a scope is not there, or not in use. */
async function unknownIn(streams: StateReader, scope: Scope | null, field: string): Promise<Reference[]> {
  if (scope === null) return [];
  const { orgUnitIds, positionIds, employeeIds } = scope;
  const unknown = (part: string, id: string, there: boolean) => (there ? [] : [{ field: `${field}.${part}`, id }]);
  const found = await Promise.all([
    ...orgUnitIds.map(async (id) => unknown('orgUnitIds', id, (await orgUnitFacts(streams, id))?.open === true)),
    ...positionIds.map(async (id) => unknown('positionIds', id, (await positionFacts(streams, id))?.retired === false)),
    ...employeeIds.map(async (id) =>
      unknown('employeeIds', id, (await employeeFacts(streams, id))?.status === 'active'),
    ),
  ]);
  return found.flat();
}

const people = async ({ command: { members, admins }, streams }: Question<commands.ChangePoolMembers, Pools>) => ({
  unknown: [...(await unknownIn(streams, members, 'members')), ...(await unknownIn(streams, admins, 'admins'))],
});

const calendars = async ({ command: { recycling }, streams }: Question<commands.ChangePoolRules, Pools>) => {
  const named = recycling.flatMap(({ calendarId }) => (calendarId === null ? [] : [calendarId]));
  const found = await Promise.all(
    [...new Set(named)].map(async (id) => ((await calendarFacts(streams, id)) ? [] : [{ field: 'recycling', id }])),
  );
  return { unknown: found.flat() };
};

const entries = async ({ command }: Question<{ readonly poolId: string }, unknown>, lying: PoolEntries) => ({
  entries: await lying.in(command.poolId),
});

@Module({
  providers: [
    PoolEntries,
    handle(commands.CreatePool, pools, rules.createPool),
    handle(commands.ChangePoolRules, pools, rules.changePoolRules, calendars),
    handle(commands.ChangePoolMembers, pools, rules.changePoolMembers, people),
    handle(commands.EnablePool, pools, rules.enablePool),
    handle(commands.DisablePool, pools, rules.disablePool, { facts: entries, from: PoolEntries }),
    handle(commands.ClosePool, pools, rules.closePool, { facts: entries, from: PoolEntries }),
    GetPoolHandler,
    ListPoolsHandler,
  ],
})
export class PoolsModule {}

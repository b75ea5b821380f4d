import { command } from '../commands/command.js';
import { day, flag, id, list, oneOf, orNull, part, text, whole } from '../commands/fields.js';
import type { RecycleCondition, RecycleRule } from '../pooling.js';
import { assignModes, poolKinds, recycleCauses } from '../pooling.js';
import { tiers } from '../tiering.js';
import type { Tier } from '../tiering.js';
import { hideableFields, poolsId } from './events.js';
import type { HideableField } from './events.js';

const pool = { stream: poolsId, about: 'poolId', requires: 'pools.manage' } as const;
const most = 200;
const ids = (kind: string) => list(id(kind), { most, unique: true }).default([]);

/** Units with all below them, positions, people. */
const scope = () => part({ orgUnitIds: ids('org-unit'), positionIds: ids('position'), employeeIds: ids('employee') });

const limit = (largest: number, says: string) => orNull(whole(0, largest)).describe(`${says} Null for no limit.`);
const days = () => whole(1, 3_650);

export class CreatePool extends command({
  ...pool,
  says: 'Makes a place for customers, or for leads, that nobody owns.',
  post: 'pools',
  creates: { poolId: 'pool' },
  fields: { name: text(200), kind: oneOf(poolKinds) },
}) {}

export class ChangePoolRules extends command({
  ...pool,
  says: 'Lays down who may claim how much from the pool, and what goes back into it.',
  post: 'pools/:poolId/rules',
  fields: {
    zone: text(64).default('UTC').describe('IANA time zone by whose days claims are counted.'),
    priority: whole(0, 1_000_000)
      .default(1_000)
      .describe('Where several pools would take a customer at the same moment, the lowest does.'),
    assignMode: oneOf(assignModes).default('self').describe('Who gets what lies in it: members claim it, or not.'),
    claim: part({
      dailyLimit: limit(100_000, 'Claims of one person on one day; giving back gives none back.'),
      cooldownDays: limit(3_650, 'Days for which a former owner may not claim.'),
      cooldownFor: oneOf(['last', 'all']).default('last').describe('The last owner, or every one of these days.'),
      holdDays: limit(3_650, 'Days for which what comes in is kept back.'),
      mostHeld: limit(1_000_000, 'Customers a person may hold to claim another one.'),
    }).default({ dailyLimit: null, cooldownDays: null, cooldownFor: 'last', holdDays: null, mostHeld: null }),
    holding: part({
      locks: limit(100_000, 'Customers that one member may have locked.'),
      protectionDays: limit(3_650, 'Longest protection, in days.'),
      protections: limit(100, 'Protections of a customer under one owner.'),
    }).default({ locks: null, protectionDays: null, protections: null }),
    recycling: list<RecycleRule>(
      part({
        name: text(100).describe('Its own within the pool.'),
        logic: oneOf(['and', 'or']).default('and').describe('Whether all conditions must have come, or one.'),
        conditions: list<RecycleCondition>(part({ when: oneOf(recycleCauses), days: days() }), { least: 1, most: 8 }),
        calendarId: orNull(id('calendar')).describe('Its days of work are counted; all days without one.'),
        tiers: list<Tier>(oneOf(tiers), { most: tiers.length, unique: true }).default([]).describe('Empty for all.'),
        sparesOpenBusiness: flag().default(true).describe('Whether customers with open opportunities stay.'),
      }),
      { most: 20 },
    )
      .default([])
      .describe('When customers of members go back into the pool.'),
    remindBeforeDays: list(days(), { most: 10, unique: true })
      .default([])
      .describe('Days before, on which the owner is warned.'),
    from: day()
      .nullish()
      .describe('First day of the zone on which these rules warn or recycle: tomorrow unless it says otherwise.'),
    hiddenFields: list<HideableField>(oneOf(hideableFields), { most: hideableFields.length, unique: true })
      .default([])
      .describe('What is not shown of a customer before somebody claims it.'),
  },
}) {}

export class ChangePoolMembers extends command({
  ...pool,
  says: 'Says who may claim from the pool, and who hands out what lies in it.',
  post: 'pools/:poolId/members',
  fields: {
    members: orNull(scope()).describe('Null for everybody.'),
    admins: scope().default({ orgUnitIds: [], positionIds: [], employeeIds: [] }),
  },
}) {}

const target = {
  targetPoolId: orNull(id('pool')).describe('Where what lies in it goes; without one it must be empty.'),
};

export class EnablePool extends command({
  ...pool,
  says: 'Has the pool used again.',
  post: 'pools/:poolId/enable',
  fields: {},
}) {}

export class DisablePool extends command({
  ...pool,
  says: 'Has the pool not used for now.',
  post: 'pools/:poolId/disable',
  fields: target,
}) {}

export class ClosePool extends command({
  ...pool,
  says: 'Gives up the pool.',
  post: 'pools/:poolId/close',
  fields: target,
}) {}

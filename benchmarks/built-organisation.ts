import { join } from 'node:path';
import { SystemClock } from '../libs/clock.js';
import { decider } from '../libs/event-store/decider.js';
import type { Decider } from '../libs/event-store/decider.js';
import { under } from '../libs/event-store/envelope.js';
import type { EventOf } from '../libs/event-store/event-store.js';
import { SqliteEventStore } from '../libs/event-store/sqlite/sqlite.event-store.js';
import { Streams } from '../libs/event-store/streams.js';
import { Upcasting } from '../libs/event-store/upcasting.js';
import { AppointOrgUnitHead, CreateOrgUnit, DefinePosition, HireEmployee } from '../libs/organisation/commands.js';
import { hireEmployee } from '../libs/organisation/employee.rules.js';
import { organisationId } from '../libs/organisation/events.js';
import type { OrganisationEvents } from '../libs/organisation/events.js';
import { appointOrgUnitHead, createOrgUnit } from '../libs/organisation/org-unit.rules.js';
import { organisation } from '../libs/organisation/organisation.decider.js';
import type { Organisation } from '../libs/organisation/organisation.decider.js';
import { definePosition } from '../libs/organisation/position.rules.js';
import { rounds, seconds } from './measure.js';
import type { Bench, Figure } from './measure.js';

const PEOPLE = 4_000;
const TEAM = 20;

type Events = readonly EventOf<OrganisationEvents>[];
type Rule = (state: Organisation, now: string) => Events;

/** The same events on a stream of which nothing is known but their number. */
const counting = decider<number, OrganisationEvents>({
  category: 'counted',
  initial: 0,
  evolve: new Proxy({} as Decider<number, OrganisationEvents>['evolve'], { get: () => (count: number) => count + 1 }),
});

/** An organisation that is built by commands, one after the other: what its rules take, besides the appends. */
export async function builtOrganisation({ workspace, rounds: count }: Bench): Promise<Figure[]> {
  const recorded: Events[] = [];
  const built = await rounds(count, {
    rules: () =>
      building(join(workspace.folder(), 'events.db'), async (streams) => {
        recorded.length = 0;
        for (const rule of steps()) {
          await streams.decide(organisation, organisationId, (state, now) => {
            const events = rule(state, now);
            recorded.push(events);
            return events;
          });
        }
      }),
    counted: () =>
      building(join(workspace.folder(), 'events.db'), async (streams) => {
        for (const events of recorded) await streams.decide(counting, organisationId, () => events);
      }),
  });
  return [
    {
      name: `an organisation of ${PEOPLE.toLocaleString('en')} people, built by ${steps().length.toLocaleString('en')} commands`,
      unit: 's',
      values: built.rules,
      ceiling: { name: 'the same events, only counted', values: built.counted },
      target: { of: 'ratio', atMost: 1.5 },
      durability: 'normal',
    },
  ];
}

async function building(path: string, work: (streams: Streams) => Promise<void>): Promise<number> {
  const clock = new SystemClock();
  const writer = { pid: process.pid, program: 'bench', since: clock.now() };
  const store = new SqliteEventStore({ path, clock, writer, durability: 'normal' });
  const streams = new Streams(store, clock, new Upcasting());
  const actor = { id: 'founder', name: 'Founder' };
  const taken = await seconds(() => under({ actor, source: 'api', correlationId: 'founding' }, () => work(streams)));
  await store.close();
  return taken;
}

/** Teams side by side, the head of each in a position of their own, everybody else in one they share. */
function steps(): Rule[] {
  const rules: Rule[] = [unit('company', 'Company', null)];
  for (let team = 1; team <= PEOPLE / TEAM; team += 1) {
    const id = `team-${team}`;
    rules.push(
      unit(id, `Team ${team}`, 'company'),
      seat(`${id}-lead`, id, 1),
      seat(`${id}-desk`, id, TEAM - 1),
      (state) => appointOrgUnitHead(state, new AppointOrgUnitHead(id, { positionId: `${id}-lead` })),
      ...Array.from({ length: TEAM }, (_, place): Rule => {
        const positionId = place === 0 ? `${id}-lead` : `${id}-desk`;
        return (state, now) =>
          hireEmployee(state, new HireEmployee(`${id}-${place}`, { name: `${id} ${place}`, positionId }), now);
      }),
    );
  }
  return rules;
}

const unit =
  (orgUnitId: string, name: string, parentId: string | null): Rule =>
  (state) =>
    createOrgUnit(
      state,
      new CreateOrgUnit(orgUnitId, {
        name,
        kind: parentId === null ? 'company' : 'team',
        level: parentId === null ? 'senior' : 'front_line',
        parentId,
      }),
    );

const seat =
  (positionId: string, orgUnitId: string, headcount: number): Rule =>
  (state) => {
    const texts = { title: positionId, duties: [], processSteps: [] };
    return definePosition(
      state,
      new DefinePosition(positionId, { orgUnitId, ...texts, reportsToPositionId: null, headcount }),
    );
  };

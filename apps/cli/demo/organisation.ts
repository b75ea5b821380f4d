import type { Actor } from '../../../libs/event-store/event-store.js';
import {
  AppointOrgUnitHead,
  AssignOrgUnitProcess,
  AssignEmployeeToPosition,
  OffboardEmployee,
  CreateOrgUnit,
  DefinePosition,
  EndEmployeeAbsence,
  HireEmployee,
  RecordEmployeeAbsence,
  SetPositionApprovalLimit,
  SetPositionCustomerCap,
  SetPositionHeadcount,
  SetOrgUnitResponsibilities,
} from '../../../libs/organisation/commands.js';
import type { Level, UnitKind } from '../../../libs/organisation/events.js';
import { dayOf, HOUR, MINUTE } from './calendar.js';
import type { Chronicle } from './chronicle.js';
import { posts, REORGANISED } from './company.js';
import type { Company, Who } from './company.js';

interface Unit {
  readonly kind: UnitKind;
  readonly level: Level;
  readonly parent: string | null;
  readonly name?: string;
  readonly answersFor: readonly string[];
  readonly runs?: string;
}

const units: Readonly<Record<string, Unit>> = {
  company: { kind: 'company', level: 'senior', parent: null, answersFor: ['strategy for customers'] },
  sales: {
    kind: 'department',
    level: 'middle',
    parent: 'company',
    name: 'Sales',
    answersFor: ['winning and keeping customers'],
    runs: 'customer development',
  },
  north: {
    kind: 'team',
    level: 'front_line',
    parent: 'sales',
    name: 'Sales North',
    answersFor: ['customers in the north and the east'],
  },
  south: {
    kind: 'team',
    level: 'front_line',
    parent: 'sales',
    name: 'Sales South',
    answersFor: ['customers in the south and the west'],
  },
  marketing: {
    kind: 'department',
    level: 'middle',
    parent: 'company',
    name: 'Marketing',
    answersFor: ['campaigns', 'leads from the web site'],
  },
  service: {
    kind: 'department',
    level: 'middle',
    parent: 'company',
    name: 'Customer Service',
    answersFor: ['requests', 'return visits'],
    runs: 'customer service',
  },
  finance: {
    kind: 'department',
    level: 'middle',
    parent: 'company',
    name: 'Finance',
    answersFor: ['invoices and payments'],
  },
  key: {
    kind: 'team',
    level: 'front_line',
    parent: 'sales',
    name: 'Key Accounts',
    answersFor: ['customers of the highest tier'],
    runs: 'customer maintenance',
  },
};

interface Position {
  readonly unit: string;
  readonly title: string;
  readonly headcount: number;
  readonly does: readonly string[];
  /** Most customers a holder may have. */
  readonly cap?: number;
  /** Up to which amount it approves, in minor units. */
  readonly approves?: number;
}

const seller = { title: 'account manager', does: ['visits and offers'], cap: 90 };
const positions: Readonly<Record<string, Position>> = {
  director: { unit: 'company', title: 'managing director', headcount: 1, does: [], approves: 100_000_000 },
  'sales-head': { unit: 'sales', title: 'head of sales', headcount: 1, does: ['forecast'], approves: 20_000_000 },
  'north-lead': {
    unit: 'north',
    title: 'sales supervisor',
    headcount: 1,
    does: ['assigning customers'],
    approves: 5_000_000,
  },
  'north-seller': { unit: 'north', headcount: 4, ...seller },
  'south-lead': {
    unit: 'south',
    title: 'sales supervisor',
    headcount: 1,
    does: ['assigning customers'],
    approves: 5_000_000,
  },
  'south-seller': { unit: 'south', headcount: 5, ...seller },
  'marketing-head': { unit: 'marketing', title: 'head of marketing', headcount: 1, does: ['campaigns'] },
  'marketing-specialist': { unit: 'marketing', title: 'marketing specialist', headcount: 2, does: ['leads'] },
  'service-head': { unit: 'service', title: 'head of service', headcount: 1, does: ['complaints'] },
  'service-agent': { unit: 'service', title: 'service agent', headcount: 3, does: ['requests and return visits'] },
  'finance-head': { unit: 'finance', title: 'head of finance', headcount: 1, does: ['credit limits'] },
  accountant: { unit: 'finance', title: 'accountant', headcount: 1, does: ['invoices'] },
  'key-lead': { unit: 'key', title: 'sales supervisor', headcount: 1, does: ['assigning customers'], cap: 40 },
  'key-seller': { unit: 'key', headcount: 3, ...seller },
};
const heads: Readonly<Record<string, string>> = {
  company: 'director',
  sales: 'sales-head',
  north: 'north-lead',
  south: 'south-lead',
  key: 'key-lead',
  marketing: 'marketing-head',
  service: 'service-head',
  finance: 'finance-head',
};

/** How the organisation came to be and changed: a new team after a year, people who came, one who left, some who were away. */
export function tellOrganisation(chronicle: Chronicle, company: Company): void {
  const { calendar } = chronicle;
  const director = company.person('director');
  let now = calendar.start;
  const tell = (command: object, actor: Actor = director) => chronicle.tell((now += MINUTE), actor, [], command);

  for (const key of Object.keys(units)) if (key !== 'key') tellUnit(key, company, tell);
  for (const who of joiningOn(0)) hire(who);

  for (const day of [150, 300, 380, 445, 500]) {
    now = calendar.day(day) + 8 * HOUR;
    if (day === 300) tell(new SetPositionHeadcount(company.id('position', 'service-agent'), { headcount: 4 }));
    if (day === 380) tell(new SetPositionHeadcount(company.id('position', 'north-seller'), { headcount: 5 }));
    for (const who of joiningOn(day)) hire(who);
  }
  now = calendar.day(REORGANISED) + 8 * HOUR;
  tellUnit('key', company, tell);
  promote('north-1', 'key-lead');
  promote('south-1', 'key-seller');

  const { to: leaving } = posts['south-3'];
  now = calendar.day(leaving) + 16 * HOUR;
  tell(new OffboardEmployee(company.person('south-3').id));
  away('north-3', 200, 288, 'north-2');
  away('service-2', 610, 624, 'service-1');
  away('south-4', 726, 741, 'south-2');

  function hire(who: Who): void {
    const { id, name } = company.person(who);
    tell(new HireEmployee(id, { name, positionId: company.id('position', posts[who].position) }));
  }

  function promote(who: Who, position: string): void {
    const assignment = { positionId: company.id('position', position), primary: true };
    tell(new AssignEmployeeToPosition(company.person(who).id, assignment), company.person('sales-head'));
  }

  /** Back on a day earlier than planned, unless that lies in the future. */
  function away(who: Who, from: number, to: number, deputy: Who): void {
    const { id } = company.person(who);
    now = calendar.day(from - 5) + 10 * HOUR;
    const days = { from: dayOf(calendar.day(from)), to: dayOf(calendar.day(to)) };
    tell(new RecordEmployeeAbsence(id, { ...days, deputyId: company.person(deputy).id }), company.person('sales-head'));
    now = calendar.day(to - 1) + 9 * HOUR;
    tell(new EndEmployeeAbsence(id, { on: dayOf(calendar.day(to - 1)) }), company.person('sales-head'));
  }
}

const joiningOn = (day: number): readonly Who[] =>
  (Object.keys(posts) as Who[]).filter((who) => posts[who].from === day);

/** A unit with its positions, the one that leads it among them. */
function tellUnit(key: string, company: Company, tell: (command: object) => void): void {
  const { kind, level, parent, name = company.name, answersFor, runs } = units[key]!;
  const orgUnitId = company.id('unit', key);
  tell(
    new CreateOrgUnit(orgUnitId, { name, kind, level, parentId: parent === null ? null : company.id('unit', parent) }),
  );
  tell(new SetOrgUnitResponsibilities(orgUnitId, { responsibilities: answersFor }));
  if (runs) tell(new AssignOrgUnitProcess(orgUnitId, { process: runs }));
  for (const [post, { unit, title, headcount, does, cap, approves }] of Object.entries(positions)) {
    if (unit !== key) continue;
    const positionId = company.id('position', post);
    tell(
      new DefinePosition(positionId, {
        orgUnitId,
        title,
        reportsToPositionId: null,
        duties: does,
        processSteps: [],
        headcount,
      }),
    );
    if (approves !== undefined)
      tell(new SetPositionApprovalLimit(positionId, { limit: { amount: approves, currency: 'EUR' } }));
    if (cap !== undefined) tell(new SetPositionCustomerCap(positionId, { cap: { max: cap, excludeWon: false } }));
  }
  tell(new AppointOrgUnitHead(orgUnitId, { positionId: company.id('position', heads[key]!) }));
}

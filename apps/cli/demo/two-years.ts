import {
  ArchiveCustomer,
  LinkCustomerParent,
  LogInteraction,
  RegisterCustomer,
} from '../../../libs/customers/commands.js';
import { CreateTask } from '../../../libs/tasks/commands.js';
import { Calendar, DAY, dayOf, HOUR, iso, MINUTE } from './calendar.js';
import { Chronicle } from './chronicle.js';
import type { Told } from './chronicle.js';
import { Company, REORGANISED } from './company.js';
import { tellDoubles } from './doubles.js';
import { tellFair } from './fair.js';
import { tellDiscountFlow } from './discounts.js';
import { tellLeads } from './leads.js';
import { lifeOf } from './life.js';
import { Names } from './names.js';
import { tellOrganisation } from './organisation.js';
import { tellPipeline } from './pipeline.js';
import { tellPools } from './pools.js';
import { portrait } from './portrait.js';
import type { Portrait } from './portrait.js';
import { Random } from './random.js';
import { tellTargets } from './targets.js';
import { tellSegments } from './segments.js';
import { tellTierPolicy } from './tier-policy.js';
import { tellTransferPolicy, tellTransfers } from './transfers.js';
import { Telling } from './telling.js';

const CUSTOMERS = 200;

/** What a seed makes up, for two years that end at a moment. */
export interface Story {
  readonly company: string;
  readonly pipelineId: string;
  readonly told: readonly Told[];
  /** Its stream is there when everything has been told. */
  readonly lastTaskId: string;
  /** A customer to whom many kinds of things happened. */
  readonly hero: { readonly customerId: string; readonly name: string };
  /** The day before the organisation was changed. */
  readonly beforeReorganisation: string;
}

/** The id of what is told last. */
export const lastTaskOf = (seed: number): string =>
  new Company(String(seed), new Random(''), new Names(), new Calendar(0)).id('task', 'last');

/** @param end the moment it ends, in milliseconds; the same seed and end give the same story */
export function twoYears(seed: number, end: number): Story {
  const random = new Random(String(seed));
  const names = new Names();
  const calendar = new Calendar(end);
  const company = new Company(String(seed), random.of('company'), names, calendar);
  const chronicle = new Chronicle(calendar);
  tellOrganisation(chronicle, company);
  tellPipeline(chronicle, company);
  tellTargets(chronicle, company);
  tellDiscountFlow(chronicle, company);
  tellPools(chronicle, company);
  tellTierPolicy(chronicle, company);
  tellSegments(chronicle, company);
  tellTransferPolicy(chronicle, company);

  const customers = registrations(random.of('registrations'), calendar).map((at, index) =>
    portrait(random.of('portrait', index), names, company, calendar, at),
  );
  const told = new Map<string, readonly Told[]>();
  customers.forEach((customer, index) => {
    const own = random.of('customer', index);
    const life = lifeOf(customer, own.of('life'), company, calendar);
    const chapter = new Chronicle(calendar);
    new Telling(customer, life, own.of('telling'), company, chapter).tell();
    chronicle.add(chapter);
    told.set(customer.customerId, chapter.inOrder());
  });
  tellGroups(random.of('groups'), chronicle, company, customers);
  tellMistakes(random.of('mistakes'), chronicle, company, names);
  tellInquiries(random.of('inquiries'), chronicle, company, customers);
  tellLeads(random.of('leads'), chronicle, company, names, customers);
  tellFair(random.of('fair'), chronicle, company, names);
  tellTransfers(random.of('transfers'), chronicle, company, names);
  tellDoubles(random.of('doubles'), chronicle, company, names, customers);

  const lastTaskId = lastTaskOf(seed);
  const task = {
    kind: 'corrective',
    title: 'Go through the figures of the quarter',
    dueAt: iso(end + 3 * DAY),
    assigneeId: company.person('sales-head').id,
  } as const;
  chronicle.tell(end, company.person('director'), [], new CreateTask(lastTaskId, task));
  return {
    company: company.name,
    pipelineId: company.id('pipeline'),
    told: chronicle.inOrder(),
    lastTaskId,
    hero: heroOf(customers, told),
    beforeReorganisation: dayOf(calendar.day(REORGANISED) - DAY),
  };
}

/** Many customers are there from the beginning, others come over the years, more of them in good months. */
function registrations(random: Random, calendar: Calendar): readonly number[] {
  return Array.from({ length: CUSTOMERS }, (_, index) => {
    const early = index < CUSTOMERS * 0.3;
    const [from, to] = early
      ? [calendar.day(2), calendar.day(50)]
      : [calendar.day(50), calendar.day(Calendar.days - 4)];
    return calendar.working(random, calendar.inSeason(random, from, to));
  });
}

/** Some belong to others. */
function tellGroups(random: Random, chronicle: Chronicle, company: Company, customers: readonly Portrait[]): void {
  const companies = customers.filter(({ kind }) => kind === 'org');
  for (const { customerId, registeredAt } of companies) {
    const parent = random.pick(companies);
    if (!random.chance(0.07) || parent.registeredAt > registeredAt - DAY) continue;
    const at = chronicle.calendar.working(random, registeredAt + random.whole(2, 30) * DAY);
    chronicle.tell(
      at,
      company.person('marketing-1'),
      [customerId, parent.customerId],
      new LinkCustomerParent(customerId, { parentCustomerId: parent.customerId }),
    );
  }
}

/** What was registered by mistake is put away, and stays in the history. Late in the story, when read models follow it. */
function tellMistakes(random: Random, chronicle: Chronicle, company: Company, names: Names): void {
  for (const day of [500, 570, 640]) {
    const customerId = company.id('mistake', String(day));
    const at = chronicle.calendar.working(random, chronicle.calendar.day(day));
    const details = { name: names.company(random, 'retail'), region: 'North', source: 'website' };
    chronicle.tell(
      at,
      company.person('marketing-2'),
      [customerId],
      new RegisterCustomer(customerId, { kind: 'org', ...details }),
    );
    const archive = new ArchiveCustomer(customerId, { reason: 'entered twice under two spellings' });
    chronicle.tell(at + 3 * HOUR, company.person('marketing-head'), [customerId], archive);
  }
}

/** The last hours: inquiries from the web site that are not answered yet. */
function tellInquiries(random: Random, chronicle: Chronicle, company: Company, customers: readonly Portrait[]): void {
  const { end } = chronicle.calendar;
  const known = customers.filter(({ registeredAt }) => registeredAt < end - 30 * DAY);
  [19, 11, 6, 2].forEach((hours, index) => {
    const { customerId } = known[Math.floor((known.length * (index + random.next())) / 4)]!;
    const interactionId = company.id('inquiry', String(index));
    const said = {
      channel: 'web',
      direction: 'inbound',
      summary: 'asked for prices on the web site',
      contactIds: [],
    } as const;
    const interaction = { interactionId, ...said, durationMinutes: null, location: null, nextStep: null };
    const at = end - hours * HOUR + MINUTE;
    chronicle.tell(at, { id: 'web-site', name: 'Web site' }, [customerId], new LogInteraction(customerId, interaction));
  });
}

/** What a history is worth reading for. */
const MOMENTOUS = [
  'OverrideCustomerTier',
  'EvaluateCustomerTier',
  'ReopenOpportunity',
  'AssignOpportunity',
  'MarkCustomerDormant',
  'WinOpportunity',
];

/** Enough happened to show, not so much that it cannot be read, and as different as possible. */
function heroOf(customers: readonly Portrait[], told: ReadonlyMap<string, readonly Told[]>): Story['hero'] {
  const worth = ({ customerId }: Portrait) => {
    const commands = told.get(customerId)!.map(({ command }) => command.constructor.name);
    if (commands.length < 16 || commands.length > 36) return 0;
    return new Set(commands).size + 5 * MOMENTOUS.filter((name) => commands.includes(name)).length;
  };
  const [{ customerId, details }] = customers.toSorted((a, b) => worth(b) - worth(a)) as [Portrait];
  return { customerId, name: details.name };
}

import { LogInteraction, RegisterCustomer } from '../../../libs/customers/commands.js';
import { AddContact } from '../../../libs/customers/contact.commands.js';
import { MergeCustomer, UnmergeCustomer } from '../../../libs/customers/merge.commands.js';
import { DAY, HOUR } from './calendar.js';
import type { Chronicle } from './chronicle.js';
import type { Company } from './company.js';
import type { Names } from './names.js';
import type { Portrait } from './portrait.js';
import type { Random } from './random.js';

/**
 * Customers that were registered a second time and are merged into the first one; of two of them it comes out that they are not the
 * same, and the merge is taken back. Late in the story, when read models follow it.
 */
export function tellDoubles(
  random: Random,
  chronicle: Chronicle,
  company: Company,
  names: Names,
  customers: readonly Portrait[],
): void {
  const { calendar } = chronicle;
  const longKnown = customers.filter(({ kind, registeredAt }) => kind === 'org' && registeredAt < calendar.day(300));
  for (const [day, isTakenBack] of [
    [600, false],
    [660, true],
  ] as const) {
    const survivorId = random.pick(longKnown).customerId;
    const customerId = company.id('double', String(day));
    const at = calendar.working(random, calendar.day(day));
    const [clerk, head] = [company.person('marketing-2'), company.person('marketing-head')];
    const name = names.company(random, 'retail');
    const tell = (hours: number, who: typeof clerk, command: object) =>
      chronicle.tell(at + hours * HOUR, who, [customerId, survivorId], command);
    tell(0, clerk, new RegisterCustomer(customerId, { kind: 'org', name, region: 'North', source: 'website' }));
    const person = { name: names.person(random), title: null, role: 'other' as const, birthday: null };
    const channels = [{ kind: 'email' as const, value: `office-${day}@double.example` }];
    tell(
      1,
      clerk,
      new AddContact(customerId, { contactId: company.id('contact', `double ${day}`), ...person, channels }),
    );
    tell(
      2,
      clerk,
      new LogInteraction(customerId, {
        interactionId: company.id('interaction', `double ${day}`),
        channel: 'call',
        direction: 'inbound',
        summary: 'asked who looks after them, and says that we know each other',
        contactIds: [],
        durationMinutes: 5,
        location: null,
        nextStep: null,
      }),
    );
    const reason = 'registered a second time under its new name';
    tell(
      3,
      head,
      new MergeCustomer(customerId, {
        mergeId: company.id('merge', String(day)),
        survivorId,
        choices: { name: 'survivor' },
        tags: 'both',
        reason,
      }),
    );
    if (!isTakenBack) continue;
    const back = new UnmergeCustomer(customerId, { reason: 'a company of the same owners, with an office of its own' });
    chronicle.tell(at + 2 * DAY, head, [customerId, survivorId], back);
  }
}

import { Clock } from '../../libs/clock.js';
import { part } from '../../libs/commands/fields.js';
import { RecyclingWhatIf, triedFields } from '../../libs/customers/recycling-what-if.js';
import type { RecyclingWhatIfCustomer, RecyclingWindow, TriedRules } from '../../libs/customers/recycling-what-if.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { Streams } from '../../libs/event-store/streams.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { knownEventTypes } from '../program/contexts.js';
import { configOf, readingLog } from './contexts.js';
import { time } from './event-words.js';
import { day } from './options.js';
import type { Common } from './options.js';
import type { Output } from './output.js';
import type { Define } from './session.js';
import { oneLine } from './text-width.js';
import { customersAsJson, givenIn } from './what-if.js';

interface Options extends Common, RecyclingWindow {}

export const definePoolRule: Define = (command, begin) => {
  command
    .command('pool-rule')
    .description('say of whom a rule would have warned, and whom it would have put back; nothing is recorded')
    .argument('<file>', 'JSON file with recycling, remindBeforeDays and members, as pools have them')
    .option('--from <day>', 'day, in UTC, from which on the rule is taken to be in force', day)
    .option('--to <day>', 'the day after the last one', day)
    .action(async (file: string, own: RecyclingWindow) => {
      const options: Options = { ...command.opts<Common>(), ...own };
      const session = begin(options);
      const { output } = session;
      const rules = (await givenIn(file, part(triedFields))) as TriedRules;
      await readingLog(configOf(options), session, async (app) => {
        const [store, clock, upcasting] = [app.get(EventStore), app.get(Clock), app.get(Upcasting)];
        upcasting.verify(await store.storedVersions(), knownEventTypes);
        const whatIf = new RecyclingWhatIf(store, new Streams(store, clock, upcasting), clock);
        const { from, to } = options;
        const run = (each: (customer: RecyclingWhatIfCustomer) => Promise<void>) =>
          whatIf.run(rules, { from, to }, each);
        await (output.json ? customersAsJson(output, run) : asText(output, run));
      });
    });
};

type Run = (each: (customer: RecyclingWhatIfCustomer) => Promise<void>) => ReturnType<RecyclingWhatIf['run']>;

async function asText(output: Output, run: Run): Promise<void> {
  const { customers, recycled, warned, kept } = await run(async ({ name, outcome, warnings, recycled, ahead }) => {
    const lines = [
      ...warnings.map(({ at, daysBefore, dueAt }) => ({
        at,
        says: `warned ${daysBefore} days before, due ${time(dueAt)}`,
      })),
      ...recycled.map(({ at, rule, evidence: { ownerSince, lastFollowUpAt } }) => ({
        at,
        says: `back into the pool by "${rule}": owned since ${time(ownerSince)}, last heard of ${lastFollowUpAt === null ? 'never' : time(lastFollowUpAt)}`,
      })),
    ].sort((one, other) => (one.at < other.at ? -1 : 1));
    const next = ahead ? `; ahead: ${time(ahead.dueAt)}` : '';
    const told = lines.map(({ at, says }) => `  ${time(at)}  ${says}\n`).join('');
    await output.part(`${oneLine(name)}: ${outcome}${next}\n${told}`);
  });
  await output.part(
    [
      output.title(
        `${recycled.toLocaleString('en')} of ${customers.toLocaleString('en')} customers would have gone back`,
      ),
      `${warned.toLocaleString('en')} more would have been warned of, ${kept.toLocaleString('en')} kept without a word`,
      '',
    ].join('\n'),
  );
}

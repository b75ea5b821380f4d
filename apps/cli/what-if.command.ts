import { Clock } from '../../libs/clock.js';
import { TierWhatIf } from '../../libs/customers/tier-what-if.js';
import type { WhatIfCustomer, WhatIfTotals, WhatIfWindow } from '../../libs/customers/tier-what-if.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { partsOf } from '../../libs/http/routes.js';
import { PublishTierPolicy } from '../../libs/tiers/commands.js';
import { tiers } from '../../libs/tiering.js';
import type { TierRules } from '../../libs/tiering.js';
import { knownEventTypes } from '../program/contexts.js';
import { configOf, readingLog } from './contexts.js';
import { time } from './event-words.js';
import { day } from './options.js';
import type { Common } from './options.js';
import type { Output } from './output.js';
import type { Define } from './session.js';
import { customersAsJson, givenIn } from './what-if.js';
import { definePoolRule } from './what-if-pool-rule.js';
import { oneLine } from './text-width.js';

interface Options extends Common, WhatIfWindow {}

export const define: Define = (command, begin, settings) => {
  command
    .command('tier-policy')
    .description('say who would have come to another tier, when and by what; nothing is recorded')
    .argument('<file>', 'JSON file with the fields of POST /tier-policies')
    .option('--from <day>', 'day, in UTC, from which on the policy is taken to be in force', day)
    .option('--to <day>', 'the day after the last one', day)
    .action(async (file: string, own: WhatIfWindow) => {
      const options: Options = { ...command.opts<Common>(), ...own };
      const session = begin(options);
      const { output } = session;
      const rules = (await givenIn(file, partsOf(PublishTierPolicy).body)) as unknown as TierRules;
      await readingLog(configOf(options), session, async (app) => {
        const store = app.get(EventStore);
        app.get(Upcasting).verify(await store.storedVersions(), knownEventTypes);
        const whatIf = new TierWhatIf(store, app.get(Clock));
        const { from, to } = options;
        const run: Run = (each) => whatIf.run(rules, { from, to }, each);
        await (output.json ? customersAsJson(output, run) : asText(output, run));
      });
    });
  definePoolRule(command, begin, settings);
};

type Run = (each: (customer: WhatIfCustomer) => Promise<void>) => Promise<WhatIfTotals>;

async function asText(output: Output, run: Run): Promise<void> {
  const totals = await run(async ({ name, tier, actualTier, changes }) => {
    const has = tier === actualTier ? '' : `; has ${actualTier}`;
    const lines = changes.map(({ at, from, to, score, inputs }) => {
      const made = inputs.map((input) => `${input.name} ${input.value ?? 'never'}: ${input.points}`);
      return `  ${time(at)}  ${from} → ${to}, score ${score} (${made.join(', ')})\n`;
    });
    await output.part(`${oneLine(name)}: ${tier}${has}\n${lines.join('')}`);
  });
  const { customers, changed, upgrades, downgrades, otherwise } = totals;
  await output.part(
    [
      output.title(`${changed.toLocaleString('en')} of ${customers.toLocaleString('en')} customers would have changed`),
      `${upgrades.toLocaleString('en')} upgrades, ${downgrades.toLocaleString('en')} downgrades; ${otherwise.toLocaleString('en')} would have another tier now than they have`,
      tiers.map((tier) => `${tier} ${totals.tiers[tier].toLocaleString('en')}`).join(', '),
      '',
    ].join('\n'),
  );
}

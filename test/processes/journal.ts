import { followUpOnWeb } from '../../processes/follow-up-on-web.js';
import { formerOwner } from '../../processes/former-owner.js';
import { interactionOfTask } from '../../processes/interaction-of-task.js';
import { overtakenDecisions } from '../../processes/overtaken-decisions.js';
import { Module } from '@nestjs/common';
import { command } from '../../libs/commands/command.js';
import { id } from '../../libs/commands/fields.js';
import type { CustomerEvents } from '../../libs/customers/events.js';
import { decider } from '../../libs/event-store/decider.js';
import { handle } from '../../libs/event-store/handle.js';
import { process } from '../../libs/processes/process.js';

type JournalEvents = { LineWritten: { readonly line: number; readonly interactionId: string } };

/** Its state does not know what was written: nothing but the id of a command keeps it from being written twice. */
const journal = decider<number, JournalEvents>({
  category: 'journal',
  initial: 0,
  evolve: { LineWritten: (lines) => lines + 1 },
});

class WriteLine extends command({
  says: 'Writes one more line.',
  about: 'journalId',
  fields: { interactionId: id('interaction') },
}) {}

@Module({
  providers: [
    handle(WriteLine, journal, (lines, { interactionId }) => [
      { type: 'LineWritten', data: { line: lines + 1, interactionId } },
    ]),
  ],
})
export class JournalModule {}

/** Writes a numbered line for whatever people did with a customer: in their order, each once. */
/** Those in which something follows from the business that several programs share here. */
export const ofTheBusiness = [followUpOnWeb, formerOwner, interactionOfTask, overtakenDecisions] as const;

export const keepJournal = process<CustomerEvents>({
  name: 'keep-journal',
  version: 1,
  from: 'installation',
  on: {
    InteractionLogged({ data: { customerId, interactionId }, metadata }) {
      return metadata.source === 'process' ? [] : [{ command: new WriteLine(customerId, { interactionId }) }];
    },
  },
});

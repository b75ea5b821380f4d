import { Module } from '@nestjs/common';
import { Command } from '@nestjs/cqrs';
import type { CustomerEvents } from '../../libs/customers/events.js';
import { decider } from '../../libs/event-store/decider.js';
import { handleKeyed } from '../../libs/event-store/handle.js';
import type { Decided } from '../../libs/event-store/streams.js';
import { process } from '../../libs/processes/process.js';

type JournalEvents = { LineWritten: { readonly line: number; readonly interactionId: string } };

/** Its state does not know what was written: nothing but the id of a command keeps it from being written twice. */
const journal = decider<number, JournalEvents>({
  category: 'journal',
  initial: 0,
  evolve: { LineWritten: (lines) => lines + 1 },
});

class WriteLine extends Command<Decided> {
  constructor(
    readonly journalId: string,
    readonly interactionId: string,
  ) {
    super();
  }
}

@Module({
  providers: [
    handleKeyed(WriteLine, journal, 'journalId', (lines, { interactionId }) => [
      { type: 'LineWritten', data: { line: lines + 1, interactionId } },
    ]),
  ],
})
export class JournalModule {}

/** Writes a numbered line for whatever people did with a customer: in their order, each once. */
export const keepJournal = process<CustomerEvents>({
  name: 'keep-journal',
  version: 1,
  on: {
    InteractionLogged({ data: { customerId, interactionId }, metadata }) {
      return metadata.source === 'process' ? [] : [{ command: new WriteLine(customerId, interactionId) }];
    },
  },
});

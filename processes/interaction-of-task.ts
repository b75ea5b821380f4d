import { LogInteraction } from '../libs/customers/commands.js';
import type { TaskEvents } from '../libs/tasks/events.js';
import { process } from '../libs/processes/process.js';
import type { Reaction } from '../libs/processes/process.js';

/** What was talked about while doing a task stands in the customer's history, without being typed a second time. */
export const interactionOfTask = process<TaskEvents>({
  name: 'interaction-of-task',
  version: 1,
  from: 'installation',
  on: {
    TaskCompleted({ data: { customerId, interaction }, occurredAt }) {
      if (interaction === null || customerId === null) return [];
      const tookPlace = interaction.occurredAt ?? occurredAt;
      return [logged(customerId, { ...interaction, occurredAt: tookPlace })];
    },
  },
});

/**
 * A customer that was merged meanwhile has it at the one that stands for it. That is another stream: when a program ends between the
 * steps the first is sent again, and is refused as before.
 */
const logged = (customerId: string, interaction: LogInteraction['interaction']): Reaction => ({
  command: new LogInteraction(customerId, interaction),
  otherwise: ({ code, details: { survivorId } }) =>
    code === 'customer-merged' ? logged(String(survivorId), interaction) : null,
});

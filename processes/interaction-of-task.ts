import { LogInteraction } from '../libs/customers/commands.js';
import type { TaskEvents } from '../libs/tasks/events.js';
import { process } from '../libs/processes/process.js';

/** What was talked about while doing a task stands in the customer's history, without being typed a second time. */
export const interactionOfTask = process<TaskEvents>({
  name: 'interaction-of-task',
  version: 1,
  from: 'installation',
  on: {
    TaskCompleted({ data: { customerId, interaction }, occurredAt }) {
      if (interaction === null || customerId === null) return [];
      const tookPlace = interaction.occurredAt ?? occurredAt;
      return [{ command: new LogInteraction(customerId, { ...interaction, occurredAt: tookPlace }) }];
    },
  },
});

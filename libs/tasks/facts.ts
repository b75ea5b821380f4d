import { idFrom } from '../ids.js';

/** Id of the interaction that a task ends with. A task is completed once, so a repeated request names the same. */
export const interactionIdOf = (taskId: string): string => idFrom('interaction of task', taskId);

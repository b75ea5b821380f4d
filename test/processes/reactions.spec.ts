import { describe, expect, it } from '@jest/globals';
import { LogInteraction } from '../../libs/customers/commands.js';
import type { CustomerEvents } from '../../libs/customers/events.js';
import { Refusal } from '../../libs/errors.js';
import type { Metadata, RecordedEvent } from '../../libs/event-store/event-store.js';
import { idFrom } from '../../libs/ids.js';
import { followUpOnWeb } from '../../processes/follow-up-on-web.js';
import { interactionOfTask } from '../../processes/interaction-of-task.js';
import type { Process, Reaction } from '../../libs/processes/process.js';
import { CreateTask } from '../../libs/tasks/commands.js';
import { past, recorded } from '../support/given.js';
import { aCall, completed, customerId } from '../tasks/samples.js';

type Interaction = CustomerEvents['InteractionLogged'];

const ownerId = '0190f5a0-0000-7000-8000-000000000003';
const inquiry: Interaction = {
  customerId,
  interactionId: '0190f5a0-0000-7000-8000-000000000009',
  ownerId,
  channel: 'web',
  direction: 'inbound',
  summary: 'What does it cost?',
  contactIds: [],
  durationMinutes: null,
  location: null,
  nextStep: null,
};

const logged = (change: Partial<Interaction> = {}, metadata: Partial<Metadata> = {}): RecordedEvent => {
  const [event] = recorded([{ type: 'InteractionLogged', data: { ...inquiry, ...change } }]);
  return { ...event!, metadata: { ...event!.metadata, ...metadata } };
};

/** What is asked for, and what instead when a rule refuses each. Whatever is asked, it is asked again in the same words. */
function reactions(process: Process, event: RecordedEvent): readonly (readonly object[])[] {
  const refusal = new Refusal('refused', 'A rule says no.');
  const asked = () =>
    process.react(event).map((reaction) => {
      const steps: object[] = [];
      for (let next: Reaction | null = reaction; next; next = next.otherwise?.(refusal) ?? null)
        steps.push(next.command);
      return steps;
    });
  const first = asked();
  expect(asked()).toEqual(first);
  return first;
}

describe('follow-up-on-web', () => {
  it('has the owner answer within a day of the inquiry', () => {
    const event = logged();
    const taskId = idFrom('follow-up-on-web', event.id);
    const task = {
      kind: 'follow_up' as const,
      title: 'Answer the inquiry on the web site',
      dueAt: '2026-01-02T00:00:00.000Z',
      subject: { customerId, text: 'What does it cost?' },
    };
    expect(reactions(followUpOnWeb, event)).toEqual([
      [new CreateTask(taskId, { ...task, assigneeId: ownerId }), new CreateTask(taskId, task)],
    ]);
  });

  it.each([
    ['by another channel', logged({ channel: 'email' })],
    ['that we began', logged({ direction: 'outbound' })],
    ['with a customer nobody answers for', logged({ ownerId: null })],
    ['that was imported', logged({}, { source: 'import' })],
    ['that ended a task', logged({}, { source: 'process', rule: { name: 'interaction-of-task', version: 1 } })],
  ])('leaves alone an interaction %s', (_, event) => {
    expect(reactions(followUpOnWeb, event)).toEqual([]);
  });
});

describe('interaction-of-task', () => {
  it('logs the interaction when the task was completed', () => {
    const [event] = recorded([completed('follow_up', aCall)]);
    expect(reactions(interactionOfTask, event!)).toEqual([
      [new LogInteraction(customerId, { ...aCall, occurredAt: past })],
    ]);
  });

  it('logs it as of when it took place, where that was earlier', () => {
    const tookPlace = '2025-12-30T16:00:00.000Z';
    const [event] = recorded([completed('visit', { ...aCall, occurredAt: tookPlace })]);
    expect(reactions(interactionOfTask, event!)).toMatchObject([[{ interaction: { occurredAt: tookPlace } }]]);
  });

  it('has nothing to log for a task that ended without', () => {
    const [event] = recorded([completed()]);
    expect(reactions(interactionOfTask, event!)).toEqual([]);
  });
});

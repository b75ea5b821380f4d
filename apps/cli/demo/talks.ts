import type { Actor } from '../../../libs/event-store/event-store.js';
import { LogInteraction } from '../../../libs/customers/commands.js';
import type { Direction, InteractionChannel } from '../../../libs/customers/events.js';
import { idFrom } from '../../../libs/ids.js';
import { CancelTask, CompleteTask, CreateTask, RescheduleTask, StartTask } from '../../../libs/tasks/commands.js';
import type { NewTask } from '../../../libs/tasks/commands.js';
import { DAY, HOUR, iso, MINUTE } from './calendar.js';
import type { Calendar } from './calendar.js';
import type { Step } from './deals.js';
import type { Portrait } from './portrait.js';
import type { Random } from './random.js';

const CHANNELS: Readonly<Record<Exclude<InteractionChannel, 'web'>, number>> = {
  call: 38,
  email: 32,
  meeting: 12,
  chat: 7,
  visit: 6,
  sms: 5,
};
/** What is talked about, by occasion. */
const TOPICS = {
  first: ['introduced ourselves', 'asked what they use today', 'sent the catalogue'],
  deal: [
    'went through the offer',
    'answered technical questions',
    'talked about delivery times',
    'sent references',
    'asked where the decision stands',
    'agreed on the scope',
  ],
  order: ['asked for prices and stock', 'announced the next order', 'confirmed quantities'],
  care: ['asked how the installation runs', 'told them about the new models', 'sent the newsletter', 'caught up'],
  service: [
    'reported a reading that drifts',
    'asked for a calibration date',
    'asked for a missing manual',
    'returned a part',
  ],
} as const;
export type Occasion = keyof typeof TOPICS;

/** Talks with one customer, and the tasks they lead to. */
export class Talks {
  #count = 0;

  constructor(
    private readonly customer: Portrait,
    private readonly random: Random,
    private readonly calendar: Calendar,
    /** Tells its ids from those of other talks with the same customer. */
    private readonly part: string,
  ) {}

  /** A talk with the customer. @param by the person, if it is not the customer's seller */
  talk(at: number, occasion: Occasion, by?: Actor): Step[] {
    const { random } = this;
    const channel = random.weighted(CHANNELS);
    const inbound = occasion === 'service' || (occasion === 'order' && random.chance(0.7)) || random.chance(0.3);
    const next =
      occasion === 'deal' && random.chance(0.22)
        ? random.pick(['call back with prices', 'send a revised offer', 'set a date for a test'])
        : null;
    const step = this.logged(
      at,
      { channel, direction: inbound ? 'inbound' : 'outbound', summary: random.pick(TOPICS[occasion]), nextStep: next },
      by,
    );
    return next === null ? [step] : [step, ...this.#followUp(step.at + 10 * MINUTE, next)];
  }

  logged(
    at: number,
    said: { channel: InteractionChannel; direction: Direction; summary: string; nextStep?: string | null },
    by?: Actor,
  ): Step {
    const { customerId, contacts, details } = this.customer;
    const timed = said.channel === 'call' || said.channel === 'meeting' || said.channel === 'visit';
    const interaction = {
      interactionId: this.#id('interaction'),
      nextStep: null,
      ...said,
      contactIds: [contacts[0].contactId],
      durationMinutes: timed ? this.random.whole(1, 12) * 5 : null,
      location: said.channel === 'visit' ? `at ${details.name}` : null,
    };
    return { at, ...(by && { by }), command: () => new LogInteraction(customerId, interaction) };
  }

  /** A call back that was promised: mostly in time, sometimes put off, seldom forgotten. */
  #followUp(at: number, title: string): Step[] {
    const { random } = this;
    const taskId = this.#id('task');
    const dueAt = this.calendar.working(random, at + random.whole(2, 7) * DAY);
    const steps = [this.#task(at, taskId, { kind: 'follow_up', title, dueAt: iso(dueAt) })];
    if (random.chance(0.06)) {
      return [
        ...steps,
        { at: dueAt - HOUR, command: () => new CancelTask(taskId, { reason: 'they wrote before we called' }) },
      ];
    }
    if (random.chance(0.15)) {
      const later = this.calendar.working(random, dueAt + random.whole(2, 6) * DAY);
      const put = () => new RescheduleTask(taskId, { dueAt: iso(later), reason: 'nobody was in the office' });
      return [...steps, { at: dueAt - 2 * HOUR, command: put }, this.#done(later - HOUR, taskId, 'reached')];
    }
    return [...steps, this.#done(dueAt - HOUR, taskId, random.pick(['reached', 'interested', 'appointment_made']))];
  }

  /** The customer's seller answers an inquiry from the web site. */
  answer(at: number, doneAt: number): Step[] {
    const taskId = this.#id('task');
    return [
      this.#task(at, taskId, {
        kind: 'follow_up',
        title: 'Answer the inquiry on the web site',
        dueAt: iso(at + DAY),
        priority: 'high',
      }),
      { at: doneAt - 5 * MINUTE, command: () => new StartTask(taskId) },
      this.#done(doneAt, taskId, 'reached'),
    ];
  }

  /** A colleague from service asks whether the customer is satisfied. */
  returnVisit(at: number, by: Actor): Step[] {
    const { random } = this;
    const taskId = this.#id('task');
    const dueAt = this.calendar.working(random, at + 7 * DAY);
    const outcome = random.weighted({ satisfied: 80, suggestion_made: 13, dissatisfied: 7 });
    return [
      this.#task(
        at,
        taskId,
        { kind: 'return_visit', title: 'Ask how the delivery went', dueAt: iso(dueAt), assigneeId: by.id },
        by,
      ),
      this.#done(dueAt - 2 * HOUR, taskId, outcome, by),
    ];
  }

  #task(at: number, taskId: string, task: NewTask, by?: Actor): Step {
    const subject = { customerId: this.customer.customerId };
    return {
      at,
      ...(by && { by }),
      command: (owner) => new CreateTask(taskId, { assigneeId: owner.id, subject, ...task }),
    };
  }

  #done(at: number, taskId: string, outcome: string, by?: Actor): Step {
    const interaction = {
      channel: 'call' as const,
      direction: 'outbound' as const,
      summary: outcome.replaceAll('_', ' '),
      contactIds: [this.customer.contacts[0].contactId],
      durationMinutes: 10,
      location: null,
      nextStep: null,
      occurredAt: null,
    };
    return { at, ...(by && { by }), command: () => new CompleteTask(taskId, { outcome, interaction }) };
  }

  #id(kind: string): string {
    this.#count += 1;
    return idFrom('demo', kind, this.customer.customerId, this.part, String(this.#count));
  }
}

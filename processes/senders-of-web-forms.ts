import { LogInteraction } from '../libs/customers/commands.js';
import { CaptureLead } from '../libs/leads/commands.js';
import { idFrom } from '../libs/ids.js';
import { process } from '../libs/processes/process.js';
import { FindWebFormSender } from '../libs/web-forms/commands.js';
import type { SubmissionEvents, Submitted } from '../libs/web-forms/events.js';

const NAME = 'senders-of-web-forms';

/**
 * Answers what visitors send by a form of the web site: finds out who they are, then logs an interaction with a customer, which has
 * a task follow, or captures a lead. A customer who was put away in between becomes a lead.
 */
export const sendersOfWebForms = process<SubmissionEvents>({
  name: NAME,
  version: 1,
  from: 'installation',
  on: {
    WebFormSubmitted: ({ data: { submissionId } }) => [
      { command: new FindWebFormSender(submissionId, { except: null }) },
    ],
    WebFormSenderFound({ data: { submissionId, sender, source, submitted } }) {
      if (sender.kind === 'lead') {
        const details = { ...submitted, personTitle: null, domain: null, sector: null, region: null };
        return [{ command: new CaptureLead(sender.leadId, { source, details, ownerId: null }) }];
      }
      const { customerId, contactIds } = sender;
      const interaction = {
        interactionId: idFrom(NAME, submissionId),
        channel: 'web',
        direction: 'inbound',
        summary: summaryOf(submitted),
        contactIds,
        durationMinutes: null,
        location: null,
        nextStep: null,
      } as const;
      return [
        {
          command: new LogInteraction(customerId, interaction),
          otherwise: () => ({ command: new FindWebFormSender(submissionId, { except: customerId }) }),
        },
      ];
    },
  },
});

const summaryOf = ({ personName, companyName, email, phone, message }: Submitted): string =>
  [[personName, companyName, email, phone].filter((each) => each !== null).join(', '), message]
    .filter((each) => each !== null)
    .join('\n');

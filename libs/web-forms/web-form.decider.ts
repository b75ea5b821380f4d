import { Missing, Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import type { LeadSource } from '../leads/events.js';
import { submissionFields } from './commands.js';
import type { PublishWebForm, RevokeWebForm } from './commands.js';
import type { WebFormEvents } from './events.js';

type Event = EventOf<WebFormEvents>;

export interface KnownWebForm {
  readonly status: 'published' | 'revoked';
  readonly source: LeadSource;
  readonly tokenHash: string;
  readonly origins: readonly string[];
  readonly honeypot: string;
  readonly perMinute: number;
}

export type WebForm = { readonly status: 'unknown' } | KnownWebForm;

export const webForm = decider<WebForm, WebFormEvents>({
  category: 'webform',
  initial: { status: 'unknown' },
  evolve: {
    WebFormPublished: (_, { formId: __, name: ___, ...form }) => ({ status: 'published', ...form }),
    WebFormRevoked: (state) => (state.status === 'unknown' ? state : { ...state, status: 'revoked' }),
  },
});

/** @throws Missing `web-form-unknown` */
export function present(state: WebForm, formId: string): KnownWebForm {
  if (state.status === 'unknown') throw new Missing('web-form', formId);
  return state;
}

export function publishWebForm(state: WebForm, { formId, ...form }: PublishWebForm): Event[] {
  if (state.status !== 'unknown') {
    throw new Refusal('web-form-exists', 'A web form of this id was published before.', { formId }, 409);
  }
  if (submissionFields.includes(form.honeypot)) {
    throw new Refusal('honeypot-taken', 'Visitors fill a field of this name: choose another one.', {
      field: 'honeypot',
    });
  }
  return [{ type: 'WebFormPublished', data: { formId, ...form } }];
}

export function revokeWebForm(state: WebForm, { formId }: RevokeWebForm): Event[] {
  return present(state, formId).status === 'revoked' ? [] : [{ type: 'WebFormRevoked', data: { formId } }];
}

import type { LeadSource } from '../libs/leads/events.js';
import { projection } from '../libs/read-models/projection.js';
import type { WebFormEvents } from '../libs/web-forms/events.js';

/** A web form. Its token is shown nowhere. */
export interface WebFormItem {
  readonly formId: string;
  readonly name: string;
  readonly source: LeadSource;
  readonly origins: readonly string[];
  readonly honeypot: string;
  readonly perMinute: number;
  readonly status: 'published' | 'revoked';
  readonly publishedAt: string;
  readonly revision: number;
}

export const webFormList = projection<WebFormItem, WebFormEvents>({
  name: 'web-form-list',
  version: 1,
  id: ({ data }) => data.formId,
  stream: (formId) => `webform-${formId}`,
  indexes: [['publishedAt']],
  starts: {
    WebFormPublished: ({ data: { tokenHash: _, ...form }, occurredAt, revision }) => ({
      ...form,
      status: 'published',
      publishedAt: occurredAt,
      revision,
    }),
  },
  on: {
    WebFormRevoked: (form, { revision }) => ({ ...form, status: 'revoked', revision }),
  },
});

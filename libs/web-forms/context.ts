import { sendersOfWebForms } from '../../processes/senders-of-web-forms.js';
import { submissionList } from '../../projections/submission-list.js';
import { webFormList } from '../../projections/web-form-list.js';
import { lookup } from '../context.js';
import type { Context } from '../context.js';
import { readModel } from '../read-models/rollup.js';
import { submission } from './submission.decider.js';
import { webForm } from './web-form.decider.js';

export const webForms: Context = {
  name: 'web-forms',
  module: async () => (await import('./web-forms.module.js')).WebFormsModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [webForm, submission],
  subjects: {
    'web-form': {
      says: 'How a web form was published, and that it was revoked.',
      collection: 'web-forms',
      stream: (id) => `webform-${id}`,
      found: lookup(webFormList, undefined, ({ formId, name }) => ({ id: formId, name })),
    },
    submission: {
      says: 'What a visitor sent by a web form, and who that is.',
      collection: 'submissions',
      stream: (id) => `submission-${id}`,
    },
  },
  processes: [sendersOfWebForms],
  readModels: [readModel(webFormList), readModel(submissionList)],
};

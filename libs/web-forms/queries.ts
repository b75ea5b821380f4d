import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { submissionList } from '../../projections/submission-list.js';
import type { SubmissionItem } from '../../projections/submission-list.js';
import { webFormList } from '../../projections/web-form-list.js';
import type { WebFormItem } from '../../projections/web-form-list.js';
import type { ValuesOf } from '../commands/fields.js';
import { Missing } from '../errors.js';
import { page } from '../http/asked.js';
import type { Found } from '../read-models/read-models.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';

export class GetWebForm extends Query<WebFormItem> {
  constructor(
    readonly formId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetWebForm)
export class GetWebFormHandler implements IQueryHandler<GetWebForm> {
  constructor(private readonly reading: Reading) {}

  async execute({ formId, when }: GetWebForm): Promise<WebFormItem> {
    const form = await this.reading.document(webFormList, formId, when);
    if (!form) throw new Missing('web-form', formId);
    return form;
  }
}

export const webFormFilters = { ...page };

export class ListWebForms extends Query<Found<WebFormItem>> {
  constructor(readonly listing: ValuesOf<typeof webFormFilters> = {}) {
    super();
  }
}

@QueryHandler(ListWebForms)
export class ListWebFormsHandler implements IQueryHandler<ListWebForms> {
  constructor(private readonly reading: Reading) {}

  async execute({ listing }: ListWebForms): Promise<Found<WebFormItem>> {
    const { limit = 50, cursor } = listing;
    const readModels = await this.reading.of(webFormList, listing);
    return readModels.find(webFormList, { filter: {}, sort: ['-publishedAt'], limit, cursor });
  }
}

/** Submissions of one form. */
export class ListSubmissions extends Query<Found<SubmissionItem>> {
  constructor(
    readonly formId: string,
    readonly listing: ValuesOf<typeof webFormFilters> = {},
  ) {
    super();
  }
}

@QueryHandler(ListSubmissions)
export class ListSubmissionsHandler implements IQueryHandler<ListSubmissions> {
  constructor(private readonly reading: Reading) {}

  async execute({ formId, listing }: ListSubmissions): Promise<Found<SubmissionItem>> {
    const { limit = 50, cursor } = listing;
    await this.reading.known(webFormList, 'web-form', formId);
    const readModels = await this.reading.of(submissionList, listing);
    return readModels.find(submissionList, { filter: { formId }, sort: ['-submittedAt'], limit, cursor });
  }
}

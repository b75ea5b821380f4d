import { Body, Controller, Get, Headers, HttpCode, Ip, Options, Param, Post, UseGuards } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  ApiConflictResponse,
  ApiExcludeEndpoint,
  ApiHeader,
  ApiTags,
  ApiTooManyRequestsResponse,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import type { z } from 'zod';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, BodyPipe, documentWhen, Given } from '../http/asked.js';
import { IdPipe } from '../http/id.pipe.js';
import { FromOtherOrigins } from '../http/own-address.js';
import { Public, Requires } from '../security/requires.js';
import { submissionForm, webForm } from './commands.js';
import type { NewWebForm } from './commands.js';
import { IssueWebForm } from './issuing.js';
import { GetWebForm, ListSubmissions, ListWebForms, webFormFilters } from './queries.js';
import { TakeSubmission } from './submissions.js';
import { TOKEN_HEADER, WebFormGuard } from './web-form.guard.js';

/** Largest submission in bytes. */
const LARGEST = 64 * 1_024;

@ApiTags('web-forms')
@Controller('web-forms')
export class WebFormsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** Forms of web sites; the latest first. */
  @Get()
  @Requires('web-forms.read')
  list(@Asked(webFormFilters) filters: ValuesOf<typeof webFormFilters>) {
    return this.queries.execute(new ListWebForms(filters));
  }

  /** A form, now or at a moment. */
  @Get(':formId')
  @Requires('web-forms.read')
  form(@Param('formId', IdPipe) formId: string, @Asked(documentWhen) asked: ValuesOf<typeof documentWhen>) {
    return this.queries.execute(new GetWebForm(formId, asked));
  }

  /** What was sent by a form, and whom it came from; the latest first. */
  @Get(':formId/submissions')
  @Requires('web-forms.read')
  submissions(
    @Param('formId', IdPipe) formId: string,
    @Asked(webFormFilters) filters: ValuesOf<typeof webFormFilters>,
  ) {
    return this.queries.execute(new ListSubmissions(formId, filters));
  }

  /** Lets a web site send what visitors write into a form, with the token that is shown in this answer only. */
  @Post()
  @HttpCode(201)
  @Requires('web-forms.publish')
  publish(@Given('WebFormBody', webForm) form: NewWebForm) {
    return this.commands.execute(new IssueWebForm(form));
  }

  /** Records what a visitor wrote. A customer is answered as one, anyone else becomes a lead. */
  @Post(':formId/submissions')
  @HttpCode(202)
  @Public()
  @UseGuards(WebFormGuard)
  @FromOtherOrigins({ bodyLimit: LARGEST })
  @ApiHeader({ name: TOKEN_HEADER, required: true, description: 'Token of the form.', schema: { type: 'string' } })
  @ApiHeader({
    name: 'origin',
    required: false,
    description: 'The page, as its browser names it.',
    schema: { type: 'string' },
  })
  @ApiConflictResponse()
  @ApiTooManyRequestsResponse()
  @ApiUnprocessableEntityResponse()
  submit(
    @Param('formId', IdPipe) formId: string,
    @Body(new BodyPipe('SubmissionBody', submissionForm)) body: z.output<typeof submissionForm>,
    @Ip() address: string,
    @Headers(TOKEN_HEADER) token: string = '',
    @Headers('origin') origin: string = '',
  ) {
    return this.commands.execute(new TakeSubmission(formId, body, { address, token, origin }));
  }

  /** Tells a browser whether its page may send the form. */
  @Options(':formId/submissions')
  @HttpCode(204)
  @Public()
  @UseGuards(WebFormGuard)
  @FromOtherOrigins()
  @ApiExcludeEndpoint()
  preflight(@Param('formId', IdPipe) _formId: string): void {}
}

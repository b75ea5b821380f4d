import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../errors.js';
import { IdPipe } from '../http/id.pipe.js';
import { MaySubmit } from './submissions.js';

export const TOKEN_HEADER = 'x-form-token';

/** How long a browser remembers that it may send a form, in seconds. */
const PREFLIGHT_SECONDS = 600;

/**
 * Tells the browsers of a form's pages that they may send it, and read every answer. What is sent from elsewhere is refused by what
 * takes it, after its form is checked as that of every request is.
 */
@Injectable()
export class WebFormGuard implements CanActivate {
  constructor(private readonly queries: QueryBus) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const { params, headers, method } = http.getRequest<FastifyRequest<{ Params: { formId: string } }>>();
    const { origin } = headers;
    // Before the body is looked at, as on every route.
    const formId = new IdPipe().transform(params.formId, { type: 'param', data: 'formId' });
    if (origin === undefined) return true;
    try {
      await this.queries.execute(new MaySubmit(formId, origin));
    } catch (error) {
      if (method === 'OPTIONS' || !(error instanceof Refusal)) throw error;
      return true;
    }
    void http.getResponse<FastifyReply>().headers({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': `content-type, idempotency-key, ${TOKEN_HEADER}`,
      'access-control-expose-headers': 'retry-after',
      'access-control-max-age': String(PREFLIGHT_SECONDS),
      vary: 'origin',
    });
    return true;
  }
}

import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isId } from '../ids.js';
import { MaySubmit } from './submissions.js';

export const TOKEN_HEADER = 'x-form-token';

/** How long a browser remembers that it may send a form, in seconds. */
const PREFLIGHT_SECONDS = 600;

/** Lets the pages of a form through, and tells their browsers that they may send it and read the answer. */
@Injectable()
export class WebFormGuard implements CanActivate {
  constructor(private readonly queries: QueryBus) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const { params, headers, ip, method } = http.getRequest<FastifyRequest<{ Params: { formId: string } }>>();
    // The pipe refuses what is no id.
    if (!isId(params.formId)) return true;
    const { origin, [TOKEN_HEADER]: token } = headers;
    const sent = method === 'OPTIONS' ? undefined : { token: String(token ?? ''), address: ip };
    await this.queries.execute(new MaySubmit(params.formId.toLowerCase(), origin, sent));
    if (origin !== undefined) {
      void http.getResponse<FastifyReply>().headers({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': `content-type, idempotency-key, ${TOKEN_HEADER}`,
        'access-control-expose-headers': 'retry-after',
        'access-control-max-age': String(PREFLIGHT_SECONDS),
        vary: 'origin',
      });
    }
    return true;
  }
}

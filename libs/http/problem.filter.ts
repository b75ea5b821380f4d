import { Catch, HttpException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, TooMany, Unavailable } from '../errors.js';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** RFC 9457 problem details. Every error leaves the API in this shape. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly [more: string]: unknown;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request cannot be understood',
  401: 'The request has no actor',
  403: 'The request is not permitted',
  404: 'There is no such thing',
  405: 'The resource has no such method',
  408: 'The request took too long',
  409: 'The request conflicts with what is there',
  412: 'It was changed in the meantime',
  413: 'The request is too large',
  414: 'The URL is too long',
  415: 'The media type is not supported',
  417: 'The expectation cannot be met',
  421: 'The request is for another server',
  422: 'A rule says no',
  429: 'There are too many requests',
  431: 'The headers are too large',
  500: 'The program failed',
  503: 'Not at the moment',
};

/** Codes of errors that the framework raises before a rule sees the request. */
const FRAMEWORK_CODES: Readonly<Record<number, string>> = {
  400: 'request-invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'route-unknown',
  405: 'method-not-allowed',
  413: 'body-too-large',
  414: 'url-too-long',
  415: 'media-type-unsupported',
  500: 'internal',
  503: 'not-ready',
};

/** Details for errors whose message in the framework says less. */
const DETAILS: Readonly<Record<number, string>> = {
  415: 'A body is JSON: send it with the content type application/json.',
  503: 'The program cannot answer everything at the moment: `checks` says what is the matter.',
};

/** Log for unexpected errors. */
export interface FailureLog {
  error(details: object, message: string): void;
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: FailureLog) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const problem = problemOf(error);
    if (problem.status >= 500 && problem.status !== 503) this.log.error({ error, url: request.url }, 'request failed');
    if (error instanceof Unavailable || error instanceof TooMany)
      void reply.header('retry-after', String(error.seconds));
    void reply.status(problem.status).header('content-type', PROBLEM_TYPE).send(problem);
  }
}

export function problemOf(error: unknown): Problem {
  if (error instanceof Refusal) {
    const { status, code, message, details } = error;
    return { ...details, ...about(status, code), detail: message };
  }
  const status = statusOf(error);
  if (status === undefined || (status >= 500 && !(error instanceof HttpException))) {
    return {
      ...about(500, FRAMEWORK_CODES[500]!),
      detail: 'The error was logged under the correlation id of this answer.',
    };
  }
  return {
    ...about(status, FRAMEWORK_CODES[status] ?? FRAMEWORK_CODES[400]!),
    detail: DETAILS[status] ?? (error as Error).message,
    ...checksOf(error),
  };
}

const about = (status: number, code: string) => ({
  type: `urn:annals:problem:${code}`,
  title: TITLES[status] ?? 'The request failed',
  status,
  code,
});

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  return (error as { statusCode?: number } | null)?.statusCode;
}

/** Results of a health check, for the problem document. */
function checksOf(error: unknown): { checks?: unknown } {
  const response = error instanceof HttpException ? error.getResponse() : undefined;
  const checks = typeof response === 'object' ? (response as { details?: unknown }).details : undefined;
  return checks === undefined ? {} : { checks };
}

import { ValidationPipe } from '@nestjs/common';
import type { DynamicModule, ValidationError } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Config } from '../../libs/config.js';
import { Invalid, Refusal } from '../../libs/errors.js';
import { EnvelopeInterceptor } from '../../libs/http/envelope.interceptor.js';
import { ProblemFilter, problemOf } from '../../libs/http/problem.filter.js';
import { loopbackOnly } from '../../libs/loopback.js';
import type { Logger } from '../../libs/observability/logger.js';
import { Metrics } from '../../libs/observability/metrics.js';
import { withAnswers } from './answers.js';
import { AppModule, LOGGER } from './app.module.js';
import type { Running } from './app.module.js';
import { withRequests } from './requests.js';

const SLOWEST_REQUEST = 60_000;

/** Gives the errors Fastify finds in a request the codes of this API, before the framework makes something else of them. */
class NamingAdapter extends FastifyAdapter {
  override setErrorHandler(handler: (error: unknown, request: unknown, reply: unknown) => unknown) {
    return super.setErrorHandler((error: unknown, request: unknown, reply: unknown) =>
      handler(named(error), request, reply),
    );
  }
}

function named(error: unknown): unknown {
  const { code, message } = error as { code?: string; message: string };
  if (
    code === 'FST_ERR_CTP_INVALID_JSON_BODY' ||
    code === 'FST_ERR_CTP_EMPTY_JSON_BODY' ||
    error instanceof SyntaxError
  ) {
    return new Invalid('body-not-json', `The body is not the JSON it says to be: ${message}.`);
  }
  return error;
}

/** The HTTP application, ready to listen. @throws Refusal `listen-unsafe` beyond loopback, while callers are taken at their word */
export async function createHttp(
  running: Running,
  root: DynamicModule = AppModule.forRoot(running),
): Promise<NestFastifyApplication> {
  const { HOST, BODY_LIMIT } = running.config;
  loopbackOnly(HOST, 'Callers are not authenticated yet, so the API');
  const adapter = new NamingAdapter({
    bodyLimit: BODY_LIMIT,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    requestTimeout: SLOWEST_REQUEST,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error: Error, _request: unknown, reply: FastifyReply) => {
      const problem = problemOf(error);
      void reply.status(problem.status).header('content-type', 'application/problem+json; charset=utf-8').send(problem);
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: false,
    abortOnError: false,
  });
  const logger = app.get<Logger>(LOGGER);
  app.useGlobalPipes(
    new ValidationPipe({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      stopAtFirstError: false,
      exceptionFactory: (errors) => invalid(errors),
    }),
  );
  app.useGlobalFilters(new ProblemFilter(logger));
  app.useGlobalInterceptors(new EnvelopeInterceptor());
  observe(app, logger);
  SwaggerModule.setup('docs', app, () => describe(app), { jsonDocumentUrl: '/openapi.json' });
  return app;
}

/** The OpenAPI description, from the code. */
export function describe(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Annals')
    .setDescription(
      'A CRM whose every change is an event: commands answer where their event lies, queries answer for any moment.',
    )
    .setVersion('1')
    // Types of answers can be null, which only this version says as JSON Schema does.
    .setOpenAPIVersion('3.1.0');
  return withAnswers(withRequests(SwaggerModule.createDocument(app, builder.build()), app));
}

/** One log line and one measurement for each request. */
function observe(app: NestFastifyApplication, logger: Logger): void {
  const { requests } = app.get(Metrics);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'unknown';
      const { method, url } = request;
      const status = reply.statusCode;
      requests.observe({ method, route, status }, reply.elapsedTime / 1_000);
      logger.debug(
        {
          method,
          url,
          status,
          milliseconds: Math.round(reply.elapsedTime),
          correlationId: reply.getHeader('x-correlation-id'),
        },
        'request',
      );
      done();
    });
}

/** Names all that is wrong at once; values stay out of it, since they may be personal. */
function invalid(errors: readonly ValidationError[]): Invalid {
  const flat = flatten(errors);
  return new Invalid('validation-failed', `${flat.length === 1 ? 'A field is' : `${flat.length} fields are`} wrong.`, {
    errors: flat,
  });
}

function flatten(errors: readonly ValidationError[], path = ''): { field: string; messages: string[] }[] {
  return errors.flatMap(({ property, constraints, children = [] }) => {
    const field = path === '' ? property : `${path}.${property}`;
    const own = constraints ? [{ field, messages: Object.values(constraints) }] : [];
    return [...own, ...flatten(children, field)];
  });
}

/** Where the application listens. @throws Refusal `port-in-use` */
export async function listen(app: NestFastifyApplication): Promise<string> {
  const { HOST, PORT } = app.get(Config);
  try {
    await app.listen(PORT, HOST);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Refusal(
      'port-in-use',
      `Port ${PORT} of ${HOST} is taken by another program; --port chooses another one.`,
    );
  }
  return (await app.getUrl()).replace('[::1]', 'localhost');
}

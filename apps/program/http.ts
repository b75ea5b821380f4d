import { Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { historiesOf } from '../../libs/audit/histories.js';
import { Config } from '../../libs/config.js';
import { Refusal } from '../../libs/errors.js';
import { Connections } from '../../libs/http/connections.js';
import { envelopes } from '../../libs/http/envelopes.js';
import { readOnlyJson } from '../../libs/http/json-body.js';
import { Methods } from '../../libs/http/methods.js';
import { onlyOwnAddress } from '../../libs/http/own-address.js';
import { answerParserError, answerUnrouted } from '../../libs/http/parser-errors.js';
import { PROBLEM_TYPE, ProblemFilter, problemOf } from '../../libs/http/problem.filter.js';
import { onlyReadableUrls } from '../../libs/http/readable-urls.js';
import { loopbackOnly } from '../../libs/loopback.js';
import type { Logger } from '../../libs/observability/logger.js';
import { Metrics } from '../../libs/observability/metrics.js';
import { ObservabilityModule } from '../../libs/observability/observability.module.js';
import { ProcessesController } from '../../libs/processes/processes.controller.js';
import { ProjectionsController } from '../../libs/read-models/projections.controller.js';
import { unauthenticated } from '../../libs/security/principals.js';
import { Reports } from '../../libs/reports/reports.js';
import { reportRoutes } from '../../libs/reports/routes.js';
import { withAnswers } from './answers.js';
import { AppModule, LOGGER } from './app.module.js';
import type { Running } from './app.module.js';
import { listed, partsOf } from './contexts.js';
import type { Parts } from './contexts.js';
import { installationOf } from './definitions.js';
import type { Installation } from './definitions.js';
import { withRequests } from './requests.js';

const SLOWEST_REQUEST = 60_000;

/** The program with its server. Modules are stopped from the root on, so the server begins to stop before all else. */
@Module({})
class Served {}

/**
 * The HTTP application, ready to listen.
 * @param root in the place of the program, when it has more than that
 * @throws Refusal `listen-unsafe` beyond loopback, while callers are taken at their word
 */
export async function createHttp(
  running: Running,
  root?: DynamicModule | Promise<DynamicModule>,
): Promise<NestFastifyApplication> {
  const { config, writer } = running;
  loopbackOnly(config.HOST, 'Callers are not authenticated yet, so the API');
  const { adapter, connections } = serverOf(config);
  const parts = running.contexts ? partsOf(running.contexts) : listed;
  const installation = running.installation ?? (await installationOf(config, parts));
  const served: DynamicModule = {
    module: Served,
    imports: [root ?? AppModule.forRoot({ ...running, installation }), ObservabilityModule],
    controllers: await controllersOf(parts, installation, writer !== undefined),
    providers: [{ provide: Connections, useValue: connections }],
  };
  const app = await NestFactory.create<NestFastifyApplication>(served, adapter, {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  });
  const logger = app.get<Logger>(LOGGER);
  app.useGlobalFilters(new ProblemFilter(logger));
  observe(app, logger);
  SwaggerModule.setup('docs', app, () => describe(app), { jsonDocumentUrl: '/openapi.json' });
  return app;
}

/** Every controller there is. @param isWriting whether processes run, so that there is something to say of them */
export const controllersOf = async (
  { contexts, subjects }: Parts,
  { reports }: Installation,
  isWriting: boolean,
): Promise<Type[]> => [
  ...(await Promise.all(contexts.map(({ routes }) => routes()))).flat(),
  historiesOf(subjects),
  reportRoutes(new Reports(reports)),
  ProjectionsController,
  ...(isWriting ? [ProcessesController] : []),
];

/** The server, with everything that is decided before a route sees the request. */
function serverOf({ BODY_LIMIT, STOP_SECONDS }: Config) {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    // A proxy on this machine names the address that it was asked from.
    trustProxy: 'loopback',
    requestTimeout: SLOWEST_REQUEST,
    // Connections are ended by `Connections`, and a request without a host is refused by `onlyOwnAddress`.
    forceCloseConnections: false,
    return503OnClosing: false,
    http: { requireHostHeader: false },
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error: Error, _request: unknown, reply: FastifyReply) => {
      const problem = problemOf(error);
      void reply.status(problem.status).header('content-type', PROBLEM_TYPE).send(problem);
    },
    clientErrorHandler: (error, socket) => answerParserError(error, socket, methods),
  });
  const http = adapter.getInstance();
  const methods = new Methods(http);
  const connections = new Connections(http, STOP_SECONDS * 1_000);
  onlyOwnAddress(http);
  onlyReadableUrls(http);
  methods.answerFirst(http);
  answerUnrouted(http.server, methods);
  readOnlyJson(http);
  unauthenticated(http);
  envelopes(http);
  return { adapter, connections };
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
  const { names } = app.get(Reports);
  return withAnswers(withRequests(SwaggerModule.createDocument(app, builder.build()), app), { ReportName: names });
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

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { HTTPMethods } from 'fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Running } from '../../apps/program/app.module.js';
import { createHttp } from '../../apps/program/http.js';
import { SystemClock } from '../../libs/clock.js';
import { inFolder, readConfig } from '../../libs/config.js';
import type { Config } from '../../libs/config.js';
import { BackgroundProjector } from '../../libs/read-models/building/projector-thread.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import { rolledBackIn } from '../../libs/rebuilds/history.js';

/** The projector in the thread of the test: the same class that runs in a thread of its own in the program. */
class ProjectorHere extends BackgroundProjector {
  readonly fault = undefined;

  constructor(private readonly projector: Projector) {
    super();
  }

  start(): void {
    void this.projector.start();
  }

  stop(): Promise<void> {
    return this.projector.stop();
  }
}

/** Time for read models to be built, in milliseconds. */
const PATIENCE = 1_000;
const errors = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

/** A problem is answered with a code that callers can look up. */
function checkCode(type: string, { code }: { readonly code?: unknown }): void {
  if (type.startsWith('application/problem+json') && !errors.includes(`| \`${code}\` |`))
    throw new Error(`docs/errors.md does not list ${code}`);
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // What an answer holds is what the test is about to say.
  readonly body: { readonly [field: string]: never };
}

interface Options extends Pick<Running, 'clock' | 'contexts' | 'installation'> {
  readonly folder?: string;
  /** Told what could not be projected; without it, that fails the test. */
  readonly report?: (what: string, details: object) => void;
}

const failing = (what: string, details: object): never => {
  throw new Error(`${what} ${JSON.stringify(details)}`);
};

/** The whole program on a folder of its own, asked over HTTP without a socket. */
export class TestApp {
  private constructor(
    readonly http: NestFastifyApplication,
    readonly folder: string,
  ) {}

  static async start({
    clock = new SystemClock(),
    contexts,
    folder,
    installation,
    report = failing,
    ...over
  }: Options & Partial<Config> = {}) {
    const place = folder ?? mkdtempSync(join(tmpdir(), 'annals-test-'));
    const http = await createHttp({
      config: readConfig({ ...inFolder(place), LOG_LEVEL: 'silent', DURABILITY: 'normal', ...over }),
      writer: { pid: process.pid, program: 'test', since: new Date().toISOString() },
      clock,
      ...(contexts && { contexts }),
      ...(installation && { installation }),
      projecting: ({ store, readModels, config, installation: { definitions, extensions } }) =>
        new ProjectorHere(
          new Projector({
            store,
            readModels,
            definitions,
            lacking: extensions.faults.length > 0,
            rolledBack: rolledBackIn(store),
            zone: config.REPORT_ZONE,
            report,
          }),
        ),
    });
    await http.init();
    await http.getHttpAdapter().getInstance().ready();
    const app = new TestApp(http, place);
    await app.#isBuilt();
    return app;
  }

  /** Waits for the read models as users do, but not for long: some tests are about read models that are never built. */
  async #isBuilt(): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    while ((await this.get('/health/ready')).status !== 200 && performance.now() < deadline) await setImmediate();
  }

  async request(
    method: HTTPMethods,
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const raw = typeof body === 'string' || Buffer.isBuffer(body);
    // Without a socket, but by the address of one when the program listens.
    const port = (this.http.getHttpServer().address() as AddressInfo | null)?.port ?? 80;
    const response = await this.http.inject({
      method: method as 'GET',
      url,
      authority: `localhost:${port}`,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { payload: raw ? body : JSON.stringify(body) }),
    });
    const type = String(response.headers['content-type']);
    const json = /json/.test(type) && response.body !== '';
    const answer = (json ? response.json() : { text: response.body }) as Answer['body'];
    if (json) checkCode(type, answer);
    return { status: response.statusCode, headers: response.headers, body: answer };
  }

  get(url: string, headers?: Record<string, string>): Promise<Answer> {
    return this.request('GET', url, undefined, headers);
  }

  post(url: string, body: unknown = {}, headers?: Record<string, string>): Promise<Answer> {
    return this.request('POST', url, body, headers);
  }

  /** Sends a command that has to succeed. */
  async done(url: string, body: unknown = {}): Promise<{ id: string; revision: number; position: number }> {
    const { status, body: answer } = await this.post(url, body);
    if (status !== 200 && status !== 201) throw new Error(`${url} answered ${status}: ${JSON.stringify(answer)}`);
    return answer as unknown as { id: string; revision: number; position: number };
  }

  async stop({ keep = false } = {}): Promise<void> {
    await this.http.close();
    if (!keep) rmSync(this.folder, { recursive: true, force: true });
  }
}

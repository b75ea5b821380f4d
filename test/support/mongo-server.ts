import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { ferretProgram, hasDocker, pythonWith } from './installed.js';

/** The versions the suites were last seen to pass on. */
const SECANTUS = '0.7.0b3';
const FERRET = '1.24.2';

/** Whether `npm run test:ferretdb` asks FerretDB for a second opinion. */
export const onFerretDB = process.env['MONGODB_SERVER'] === 'ferretdb';

/** By what a write can happen exactly once on the server there is. */
export const ways = onFerretDB ? (['order'] as const) : (['transactions', 'order'] as const);

export interface MongoServer {
  readonly name: string;
  /** The URL of a database on it. */
  database(name: string, options?: string): string;
  stop(): Promise<void>;
}

/**
 * A server that speaks MongoDB: the one that `MONGODB_URL` names, one in a container where Docker is, or SecantusDB, which
 * is installed beside the packages. There is no way on without one: a suite that tests nothing has not passed.
 * @param options of the program of SecantusDB
 */
export async function mongoServer(options: readonly string[] = []): Promise<MongoServer> {
  if (onFerretDB) return ferretdb();
  const given = process.env['MONGODB_URL'];
  if (given !== undefined) return at('MONGODB_URL', given, async () => undefined);
  if (await hasDocker()) return inContainer();
  return secantus(options);
}

/** SecantusDB, on a port and in a folder of its own unless it is told others. @param options of its program */
export async function secantus(
  options: readonly string[] = [],
  place: { readonly port?: number; readonly folder?: string } = {},
): Promise<MongoServer> {
  const { port = await freePort(), folder = ':memory:' } = place;
  const where = ['--host', '127.0.0.1', '--port', String(port), '--storage-path', folder];
  const args = ['-m', 'secantus', ...where, '--log-level', 'ERROR', ...options];
  const program = spawn(await pythonWith('SecantusDB', SECANTUS), args, { stdio: 'inherit' });
  const server = at('SecantusDB', `mongodb://127.0.0.1:${port}`, () => stopped(program));
  await answering(server.database('admin'), program);
  return server;
}

/** FerretDB on files of its own: in memory it waits for itself for ever. */
async function ferretdb(): Promise<MongoServer> {
  const [port, program] = [await freePort(), await ferretProgram(FERRET)];
  const folder = mkdtempSync(join(tmpdir(), 'annals-ferretdb-'));
  const where = [`--listen-addr=127.0.0.1:${port}`, `--sqlite-url=file:${folder}/`, `--state-dir=${folder}`];
  const quiet = ['--debug-addr=-', '--telemetry=disable', '--log-level=error'];
  const running = spawn(program, ['--handler=sqlite', ...where, ...quiet], { stdio: 'inherit' });
  const server = at('FerretDB', `mongodb://127.0.0.1:${port}`, async () => {
    await stopped(running);
    rmSync(folder, { recursive: true, force: true });
  });
  await answering(server.database('admin'), running);
  return server;
}

async function inContainer(): Promise<MongoServer> {
  const { MongoDBContainer } = await import('@testcontainers/mongodb');
  const container = await new MongoDBContainer('mongo:8').start();
  return at('MongoDB', `${container.getConnectionString()}?directConnection=true`, async () => {
    await container.stop();
  });
}

function at(name: string, url: string, stop: () => Promise<void>): MongoServer {
  const [server = '', options] = url.split('?');
  const host = server.replace(/^(mongodb(?:\+srv)?:\/\/[^/]+).*$/, '$1');
  return {
    name,
    database: (database, more) => {
      const all = [options, more].filter((each) => each !== undefined).join('&');
      return `${host}/${database}${all === '' ? '' : `?${all}`}`;
    },
    stop,
  };
}

async function answering(url: string, program: ChildProcess): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const client = new MongoClient(url, { serverSelectionTimeoutMS: 500 });
    try {
      await client.db().command({ ping: 1 });
      return;
    } catch (error) {
      if (program.exitCode !== null || tries > 60) throw error;
      await sleep(200);
    } finally {
      await client.close();
    }
  }
}

async function stopped(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  const ended = once(program, 'exit');
  program.kill('SIGKILL');
  await ended;
}

/** A port nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

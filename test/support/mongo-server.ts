import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';

const run = promisify(execFile);
const cache = resolve(dirname(fileURLToPath(import.meta.url)), '../../node_modules/.cache');

/** The version the suites were last seen to pass on. */
const SECANTUS = '0.7.0b3';

export interface MongoServer {
  readonly name: string;
  /** The URL of a database on it. */
  database(name: string, options?: string): string;
  stop(): Promise<void>;
}

/**
 * A server that speaks MongoDB: the one that `MONGODB_URL` names, one in a container where Docker is, or SecantusDB, which
 * is installed beside the packages. There is no way on without one: a suite that tests nothing has not passed.
 */
export async function mongoServer(): Promise<MongoServer> {
  const given = process.env['MONGODB_URL'];
  if (given !== undefined) return at('MONGODB_URL', given, async () => undefined);
  if (await works('docker', 'info')) return inContainer();
  return secantus();
}

/** SecantusDB, on a port and in a folder of its own unless it is told others. @param options of its program */
export async function secantus(
  options: readonly string[] = [],
  place: { readonly port?: number; readonly folder?: string } = {},
): Promise<MongoServer> {
  const { port = await freePort(), folder = ':memory:' } = place;
  const where = ['--host', '127.0.0.1', '--port', String(port), '--storage-path', folder];
  const args = ['-m', 'secantus', ...where, '--log-level', 'ERROR', ...options];
  const program = spawn(await secantusPython(), args, { stdio: 'inherit' });
  const server = at('SecantusDB', `mongodb://127.0.0.1:${port}`, () => stopped(program));
  await answering(server.database('admin'), program);
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

/** Made under another name first: several suites may begin at the same time, and one may be stopped in the middle. */
async function secantusPython(): Promise<string> {
  const home = join(cache, `secantusdb-${SECANTUS}`);
  const python = join(home, 'bin/python');
  if (existsSync(python)) return python;
  mkdirSync(cache, { recursive: true });
  const making = `${home}.${process.pid}`;
  try {
    await run('python3', ['-m', 'venv', making]);
    await run(join(making, 'bin/python'), ['-m', 'pip', 'install', '--quiet', `SecantusDB==${SECANTUS}`]);
    renameSync(making, home);
  } catch (error) {
    if (!existsSync(python)) throw new Error(`no MongoDB to test with: ${(error as Error).message}`, { cause: error });
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return python;
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

const works = (program: string, ...args: string[]): Promise<boolean> =>
  run(program, args, { timeout: 10_000 }).then(
    () => true,
    () => false,
  );

/** A port nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';

const run = promisify(execFile);
const cache = resolve(dirname(fileURLToPath(import.meta.url)), '../../node_modules/.cache');

/** The version the suites were last seen to pass on. */
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
 */
export async function mongoServer(): Promise<MongoServer> {
  if (onFerretDB) return ferretdb();
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

/** FerretDB on files of its own: in memory it waits for itself for ever. */
async function ferretdb(): Promise<MongoServer> {
  const [port, program] = [await freePort(), await ferretProgram()];
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

/**
 * FerretDB, built from its source as a module of Go. The source lacks a file that the program asks for when it starts, and
 * promises bulks that the program cannot keep: each update of a command holds one of a hundred connections to the
 * file until the command ends, and the hundredth waits for ever. So what it says about itself is what it is able to do.
 */
async function ferretProgram(): Promise<string> {
  const program = join(cache, `ferretdb-${FERRET}`);
  if (existsSync(program)) return program;
  const making = `${program}.${process.pid}`;
  const source = join(making, 'source');
  try {
    mkdirSync(making, { recursive: true });
    const download = ['mod', 'download', '-json', `github.com/FerretDB/FerretDB@v${FERRET}`];
    const { Dir } = JSON.parse((await run('go', download, { cwd: making })).stdout) as { Dir: string };
    await run('cp', ['-R', Dir, source]);
    await run('chmod', ['-R', 'u+w', source]);
    writeFileSync(join(source, 'build/version/version.txt'), `v${FERRET}`);
    const handler = join(source, 'internal/handler/handler.go');
    const [most, kept] = ['maxWriteBatchSize = int32(100000)', 'maxWriteBatchSize = int32(50)'];
    const text = readFileSync(handler, 'utf8');
    if (!text.includes(most)) throw new Error(`${handler} does not say ${most}`);
    writeFileSync(handler, text.replace(most, kept));
    const options = ['-buildvcs=false', '-trimpath', '-tags', 'ferretdb_no_postgresql'];
    await run('go', ['build', ...options, '-o', join(making, 'program'), './cmd/ferretdb'], { cwd: source });
    renameSync(join(making, 'program'), program);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return program;
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

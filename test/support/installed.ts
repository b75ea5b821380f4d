import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where suites install what they test with, once: beside the packages, also for those that run from `dist`. */
const cache = join(dirname(findPackageJSON('.', import.meta.url)!), 'node_modules/.cache');

/** Made under another name first: several suites may begin at the same time, and one may be stopped in the middle. */
async function installed(name: string, make: (place: string) => Promise<string>): Promise<string> {
  const place = join(cache, name);
  if (existsSync(place)) return place;
  const making = `${place}.${process.pid}`;
  try {
    mkdirSync(making, { recursive: true });
    renameSync(await make(making), place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return place;
}

/** Whether containers can be run here. */
export const hasDocker = (): Promise<boolean> =>
  run('docker', ['info'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );

/** Python with a package, in an environment of its own. */
export async function pythonWith(name: string, version: string): Promise<string> {
  const place = await installed(`${name.toLowerCase()}-${version}`, async (making) => {
    await run('python3', ['-m', 'venv', making]);
    await run(join(making, 'bin/python'), ['-m', 'pip', 'install', '--quiet', `${name}==${version}`]);
    return making;
  });
  return join(place, 'bin/python');
}

/**
 * FerretDB, built from its source as a module of Go. The source lacks a file that the program asks for when it starts, and
 * promises bulks that the program cannot keep: each update of a command holds one of a hundred connections to the
 * file until the command ends, and the hundredth waits for ever. So what it says about itself is what it is able to do.
 */
export const ferretProgram = (version: string): Promise<string> =>
  installed(`ferretdb-${version}`, async (making) => {
    const source = join(making, 'source');
    const download = ['mod', 'download', '-json', `github.com/FerretDB/FerretDB@v${version}`];
    const { Dir } = JSON.parse((await run('go', download, { cwd: making })).stdout) as { Dir: string };
    await run('cp', ['-R', Dir, source]);
    await run('chmod', ['-R', 'u+w', source]);
    writeFileSync(join(source, 'build/version/version.txt'), `v${version}`);
    const handler = join(source, 'internal/handler/handler.go');
    const [most, kept] = ['maxWriteBatchSize = int32(100000)', 'maxWriteBatchSize = int32(50)'];
    const text = readFileSync(handler, 'utf8');
    if (!text.includes(most)) throw new Error(`${handler} does not say ${most}`);
    writeFileSync(handler, text.replace(most, kept));
    const options = ['-buildvcs=false', '-trimpath', '-tags', 'ferretdb_no_postgresql'];
    await run('go', ['build', ...options, '-o', join(making, 'program'), './cmd/ferretdb'], { cwd: source });
    return join(making, 'program');
  });

// Asks a started server everything its description permits, and what it excludes: schemathesis, a fuzzer for OpenAPI, finds
// answers that the description does not know. What it leaves out, and why, says test/fuzz/schemathesis.toml.
//
//   npm run fuzz            bounded in time, see SECONDS; prints the seed
//   SEED=… npm run fuzz     the same requests again
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const requirements = join(root, 'test/fuzz/requirements.txt');
/** How long each part may take, in seconds. */
const SECONDS = { 'examples,coverage,fuzzing': 50, stateful: 30 };
/** The oldest Python that schemathesis runs on. */
const OLDEST = [3, 10];

/** Ends with a message instead of a stack trace. */
function fail(message) {
  console.error(`fuzz: ${message}`);
  process.exit(1);
}

function checkPython() {
  const script = 'import sys, venv, ensurepip; print(*sys.version_info[:2])';
  try {
    const [major, minor] = execFileSync('python3', ['-c', script], { encoding: 'utf8' }).split(' ').map(Number);
    if (major === OLDEST[0] && minor >= OLDEST[1]) return;
    fail(`python3 is ${major}.${minor}; schemathesis needs ${OLDEST.join('.')} or later.`);
  } catch (error) {
    const reason = error.code === 'ENOENT' ? 'is not on the PATH' : 'has no venv and ensurepip';
    fail(`python3 ${reason}; schemathesis, which asks the server, runs on Python ${OLDEST.join('.')} or later.`);
  }
}

/** The fuzzer, installed once for each list of requirements. */
function installed() {
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const place = join(root, 'node_modules/.cache', `fuzz-${version}`);
  const complete = join(place, 'complete');
  if (!existsSync(complete)) {
    checkPython();
    console.log('fuzz: installing schemathesis (once, about a minute)');
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    execFileSync('python3', ['-m', 'venv', place], { stdio: 'inherit' });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
    execFileSync(join(place, 'bin/python'), pip, { stdio: 'inherit' });
    writeFileSync(complete, '');
  }
  return join(place, 'bin/schemathesis');
}

/** The built program on a folder of its own. */
async function started(folder) {
  const args = ['start', '--data', join(folder, 'data'), '--port', '0', '--subscriptions-port', 'off', '--json'];
  const main = join(root, 'dist/apps/cli/main.js');
  const server = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DURABILITY: 'normal' },
  });
  const said = { out: '', err: '' };
  server.stderr.on('data', (chunk) => (said.err += chunk));
  const ended = new Promise((settle) => server.on('close', settle));
  const url = await new Promise((settle) => {
    server.stdout.on('data', (chunk) => {
      said.out += chunk;
      const found = /"url": *"([^"]+)"/.exec(said.out);
      if (found) settle(found[1]);
    });
    void ended.then(() => fail(`the server did not start: ${said.err}`));
  });
  return { url, said, server, ended };
}

/** @returns the exit code: 0 when every answer was one that is described */
function asked(fuzzer, url, phases, seconds, folder) {
  const seed = process.env.SEED ? ['--seed', process.env.SEED] : [];
  const args = ['--config-file', join(root, 'test/fuzz/schemathesis.toml'), 'run', `${url}/openapi.json`];
  const bounds = ['--phases', phases, '--max-time', String(seconds), '--no-color', ...seed];
  // In the temporary folder, since it leaves files where it runs.
  const child = spawn(fuzzer, [...args, ...bounds], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, FUZZ_HOOKS: join(root, 'test/fuzz/hooks.py'), NO_PROXY: '*' },
  });
  return new Promise((settle) => child.on('close', settle));
}

const fuzzer = installed();
const folder = mkdtempSync(join(tmpdir(), 'annals-fuzz-'));
const { url, said, server, ended } = await started(folder);
const failed = [];
for (const [phases, seconds] of Object.entries(SECONDS)) {
  console.log(`\nfuzz: ${phases}, at most ${seconds} s`);
  if ((await asked(fuzzer, url, phases, seconds, folder)) !== 0) failed.push(phases);
}
const alive = await fetch(`${url}/health/live`).then(
  ({ ok }) => ok,
  () => false,
);
server.kill('SIGTERM');
await ended;
rmSync(folder, { recursive: true, force: true });
if (!alive) fail(`the server does not answer any more: ${said.err}`);
if (said.err !== '') fail(`the server wrote of errors:\n${said.err.slice(0, 10_000)}`);
if (failed.length > 0) fail(`${failed.join(' and ')}: answers that the description does not know, see above.`);
console.log('fuzz: every answer was one that is described');

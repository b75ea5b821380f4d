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
import { setTimeout } from 'node:timers/promises';

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

const node = ['--disable-warning=ExperimentalWarning', join(root, 'dist/apps/cli/main.js')];
const env = { ...process.env, DURABILITY: 'normal' };

/** The built program on the made-up company of `annals demo`: with nothing there, most questions would have no answer. */
async function started(data) {
  execFileSync(process.execPath, [...node, 'demo', '--no-serve', '--data', data, '--json'], { stdio: 'ignore', env });
  const args = ['start', '--data', data, '--port', '0', '--subscriptions-port', 'off', '--json'];
  const server = spawn(process.execPath, [...node, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  const said = { out: '', err: '', over: false };
  server.stderr.on('data', (chunk) => (said.err += chunk));
  server.stdout.on('data', (chunk) => (said.out += chunk));
  const ended = new Promise((settle) => server.on('close', settle)).then(() => (said.over = true));
  const found = () => /"url": *"([^"]+)"/.exec(said.out)?.[1];
  while (!found() && !said.over) await setTimeout(50);
  if (said.over) fail(`the server did not start: ${said.err}`);
  return { url: found(), said, server, ended };
}

/** Ids of what is there, by the fields and the parts of paths that they may stand in. */
async function idsAt(url) {
  const list = async (path, id) => (await (await fetch(`${url}${path}?limit=20`)).json()).items.map((item) => item[id]);
  const employees = await list('/employees', 'employeeId');
  const ids = {
    customers: await list('/customers', 'customerId'),
    opportunities: await list('/opportunities', 'opportunityId'),
    pipelines: await list('/pipelines', 'pipelineId'),
    tasks: await list('/tasks', 'taskId'),
    targets: await list('/targets', 'targetId'),
    employees,
    ownerId: employees,
    assigneeId: employees,
    visitorId: employees,
    deputyId: employees,
  };
  const singular = {
    customers: 'customerId',
    opportunities: 'opportunityId',
    pipelines: 'pipelineId',
    tasks: 'taskId',
  };
  const named = Object.entries({ ...singular, targets: 'targetId', employees: 'employeeId' });
  return { ...ids, ...Object.fromEntries(named.map(([kind, id]) => [id, ids[kind]])) };
}

/** @returns the exit code: 0 when every answer was one that is described */
function asked(fuzzer, { url, ids }, phases, seconds, folder) {
  const seed = process.env.SEED ? ['--seed', process.env.SEED] : [];
  const args = ['--config-file', join(root, 'test/fuzz/schemathesis.toml'), 'run', `${url}/openapi.json`];
  const bounds = ['--phases', phases, '--max-time', String(seconds), '--no-color', ...seed];
  // In the temporary folder, since it leaves files where it runs.
  const child = spawn(fuzzer, [...args, ...bounds], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, FUZZ_HOOKS: join(root, 'test/fuzz/hooks.py'), FUZZ_IDS: JSON.stringify(ids), NO_PROXY: '*' },
  });
  return new Promise((settle) => child.on('close', settle));
}

const fuzzer = installed();
const folder = mkdtempSync(join(tmpdir(), 'annals-fuzz-'));
const { url, said, server, ended } = await started(join(folder, 'data'));
const ids = await idsAt(url);
const failed = [];
for (const [phases, seconds] of Object.entries(SECONDS)) {
  console.log(`\nfuzz: ${phases}, at most ${seconds} s`);
  if ((await asked(fuzzer, { url, ids }, phases, seconds, folder)) !== 0) failed.push(phases);
}
const alive = await fetch(`${url}/health/live`).then(
  ({ ok }) => ok,
  () => false,
);
server.kill('SIGTERM');
await ended;
rmSync(folder, { recursive: true, force: true });
if (!alive) fail(`the server does not answer any more: ${said.err}`);
// A rule may refuse the task that a process asks for because its assignee has left meanwhile. Any other line is a fault.
const isLeaver = (line) => line.includes('"msg":"reaction refused"') && line.includes('"code":"assignee-inactive"');
const errors = said.err.split('\n').filter((line) => line !== '' && !isLeaver(line));
if (errors.length > 0) fail(`the server wrote of errors:\n${errors.join('\n').slice(0, 10_000)}`);
if (failed.length > 0) fail(`${failed.join(' and ')}: answers that the description does not know, see above.`);
console.log('fuzz: every answer was one that is described');

import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';

const root = resolve(import.meta.dirname, '..');

/** A project of two files, with the packages of this one; in a folder whose name the shell could trip over. */
const home = mkdtempSync(join(tmpdir(), 'annals-launcher-'));
const project = join(home, "it's here");
const launcher = join(project, 'annals');
const stale = join(project, '.annals.lock');

function write(file: string, source: string): void {
  writeFileSync(join(project, file), `${source}\n`);
}

function run(command: string, args: string[] = [], path = process.env['PATH']) {
  return new Promise<{ code: number | null; out: string; messages: string }>((settle) => {
    const child = spawn(command, args, { cwd: '/', env: { PATH: path } });
    let out = '';
    let messages = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (messages += chunk));
    child.on('close', (code) => settle({ code, out, messages }));
  });
}

beforeAll(() => {
  mkdirSync(join(project, 'apps/cli'), { recursive: true });
  for (const file of ['annals', 'scripts', 'package.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json']) {
    cpSync(join(root, file), join(project, file), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
});
afterAll(() => rmSync(home, { recursive: true }));

beforeEach(async () => {
  write('apps/cli/word.ts', "export const word: string = 'first';");
  write('apps/cli/main.ts', "import { word } from './word.js';\nconsole.log(word, ...process.argv.slice(2));");
  await run(launcher);
});

it('hands the arguments over and says nothing when nothing is to be done', async () => {
  expect(await run(launcher, ['a', 'b c', '', "d'e"])).toEqual({ code: 0, out: "first a b c  d'e\n", messages: '' });
});

it('runs on the Node.js of the project and through a link to a link', async () => {
  write('apps/cli/main.ts', 'console.log(process.execPath);');
  symlinkSync("it's here/annals", join(home, 'one'));
  symlinkSync(join(home, 'one'), join(home, 'two'));
  expect((await run(join(home, 'two'))).out).toContain('node_modules/node/bin/node');
});

it('builds again when a source changed, with its messages apart from the answer', async () => {
  write('apps/cli/word.ts', "export const word: string = 'second';");
  expect(await run(launcher)).toEqual({ code: 0, out: 'second\n', messages: 'annals: building\n' });
});

it('forgets a source that was removed', async () => {
  write('apps/cli/main.ts', "console.log('alone');");
  rmSync(join(project, 'apps/cli/word.ts'));
  expect((await run(launcher)).out).toBe('alone\n');
  expect(existsSync(join(project, 'dist/apps/cli/word.js'))).toBe(false);
});

it('builds once when several start at once, after a holder of the lock that died', async () => {
  symlinkSync('2147483646', stale);
  write('apps/cli/word.ts', "export const word: string = 'third';");
  const all = await Promise.all([1, 2, 3, 4].map((n) => run(launcher, [String(n)])));
  expect(all.map(({ out }) => out)).toEqual(['third 1\n', 'third 2\n', 'third 3\n', 'third 4\n']);
  expect(all.filter(({ messages }) => messages.includes('annals: building'))).toHaveLength(1);
  expect(existsSync(stale)).toBe(false);
});

it('shows what is wrong in a source and keeps no lock', async () => {
  write('apps/cli/word.ts', 'export const word: string = 4;');
  const { code, out, messages } = await run(launcher);
  expect([code, out]).toEqual([69, '']);
  expect(messages).toContain("apps/cli/word.ts(1,14): error TS2322: Type 'number' is not assignable to type 'string'.");
  expect(existsSync(stale)).toBe(false);
});

it('says so when there is no Node.js to install with', async () => {
  rmSync(join(project, 'node_modules'));
  const tools = join(home, 'tools');
  mkdirSync(tools);
  for (const tool of ['sh', 'dirname', 'readlink', 'ln', 'rm']) {
    const found = process.env['PATH']!.split(':').find((folder) => existsSync(join(folder, tool)));
    symlinkSync(join(found!, tool), join(tools, tool));
  }
  const { code, messages } = await run(launcher, [], tools);
  expect(code).toBe(69);
  expect(messages).toContain('Node.js is not on the PATH');
});

import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { edits } from './adding-an-event/edits.js';
import type { Edit } from './adding-an-event/edits.js';

const root = resolve(import.meta.dirname, '..');
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'annals-adding-'));
  const left = ['.git', 'coverage', 'data', 'dist', 'node_modules'];
  cpSync(root, copy, { recursive: true, filter: (path) => !left.includes(relative(root, path)) });
  // A folder of its own, so that what tools remember there is not taken for what they know of the project itself.
  mkdirSync(join(copy, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules')).filter((each) => each !== '.cache'))
    symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Makes these edits in the copy. */
function make(...names: readonly (keyof typeof edits)[]): void {
  for (const { file, at, put } of names.map((name): Edit => edits[name])) {
    const path = join(copy, file);
    if (at === undefined) appendFileSync(path, put);
    else {
      const parts = readFileSync(path, 'utf8').split(at);
      expect({ file, at, times: parts.length - 1 }).toEqual({ file, at, times: 1 });
      writeFileSync(path, parts.join(put));
    }
  }
}

/** Runs a script of the project in the copy. */
function run(...asked: readonly string[]): { readonly status: number | null; readonly out: string } {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', ...asked], { cwd: copy, encoding: 'utf8' });
  return { status, out: stdout + stderr };
}

/** Names of the tests that fail in the copy. */
function failing(...suites: readonly string[]): readonly string[] {
  run('test', '--', ...suites, '--json', '--outputFile=results.json', '--silent');
  interface Results {
    readonly numTotalTests: number;
    readonly testResults: readonly {
      readonly message: string;
      readonly assertionResults: readonly { readonly status: string; readonly title: string }[];
    }[];
  }
  const { testResults } = JSON.parse(readFileSync(join(copy, 'results.json'), 'utf8')) as Results;
  expect(testResults).toHaveLength(suites.length);
  return testResults.flatMap(({ assertionResults, message }) => {
    // A suite that does not load has no tests, and says why.
    if (assertionResults.length === 0) return [message];
    return assertionResults.filter(({ status }) => status === 'failed').map(({ title }) => title);
  });
}

describe('adding an event by the steps of README.md', () => {
  const section = /^## Adding an event\n([\s\S]*?)^## /m.exec(readFileSync(join(root, 'README.md'), 'utf8'))![1]!;
  const steps = section
    .split(/^\d+\. /m)
    .slice(1)
    .map((step) => step.replace(/\s+/g, ' '));
  const all: readonly Edit[] = Object.values(edits);

  it('makes the edits that they name, and no others', () => {
    for (const { step, named } of all) expect(steps[step - 1]).toContain(named);
    const told = steps.map((step) => [...step.matchAll(/`[^`]+`/g)].map(([code]) => code));
    const beside = /^`(test\/[a-z-]+\.spec\.ts|npm run catalogue|npm run check:static|npm test|revision)`$/;
    for (const [index, names] of told.entries())
      expect(names.filter((name) => !beside.test(name)).sort()).toEqual(
        [
          ...new Set(
            all.filter(({ step, named }) => step === index + 1 && named.startsWith('`')).map(({ named }) => named),
          ),
        ].sort(),
      );
  });

  it('is named by the compiler where a decider lacks it', () => {
    make('entry');
    const { status, out } = run('types');
    expect(out).toMatch(/^libs\/tasks\/task\.decider\.ts.*'TaskReleased' is missing/m);
    expect(out.match(/error TS/g)).toHaveLength(1);
    expect(status).not.toBe(0);
  });

  it('is named where events that were released lack it', () => {
    make('evolve', 'rule', 'ruleImports', 'command');
    expect(failing('test/golden.spec.ts')).toContain('are there for every type in every version up to the current one');
  });

  it('is named by tests where its values, command, read model, history and page are not there', () => {
    make('golden');
    const suites = ['golden', 'personal', 'routes', 'catalogue'].map((name) => `test/${name}.spec.ts`);
    expect([...failing(...suites)].sort()).toEqual(
      [
        'is declared as personal or as harmless: TaskReleased version 1',
        'ReleaseTask has its rule',
        'are handled by task-list, each of its stream, if its documents tell the revision of that stream',
        'change the state of their stream with every type in every version',
        'docs/events.md says what libs/*/events.ts says',
      ].sort(),
    );
  });

  it('is named where its command is not used by the client', () => {
    make('personal', 'moduleImports', 'handled', 'handler', 'version', 'history', 'spec');
    expect(run('catalogue')).toEqual({ status: 0, out: '' });
    expect(failing('test/client.spec.ts')).toContain('is used for every command');
  });

  it('passes all checks when the steps are done', () => {
    make('client');
    expect(run('types')).toEqual({ status: 0, out: '' });
    expect(run('boundaries').status).toBe(0);
    const suites = ['golden', 'personal', 'routes', 'catalogue', 'client', 'tasks/release-task'];
    expect(failing(...suites.map((name) => `test/${name}.spec.ts`))).toEqual([]);
  });
});

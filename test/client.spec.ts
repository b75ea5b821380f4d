import { execFile } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import openapiTS, { astToString } from 'openapi-typescript';
import type { OpenAPI3 } from 'openapi-typescript';
import ts from 'typescript';
import { TestApp } from './support/app.js';
import { document, operations } from './support/openapi.js';

const program = globSync('test/client/*.ts').map((path) => ({
  name: basename(path),
  text: readFileSync(path, 'utf8'),
}));
let folder: string;
let app: TestApp;

beforeAll(async () => {
  // Inside node_modules, so that the client's package is found from there.
  const cache = resolve('node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'annals-client-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'api.ts'), astToString(await openapiTS(document as unknown as OpenAPI3)));
  for (const { name, text } of program) writeFileSync(join(folder, name), text);
  app = await TestApp.start();
});
afterAll(async () => {
  await app.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a client generated from the description', () => {
  it('is used for every command', () => {
    const commands = operations.flatMap(({ route }) => (route.startsWith('POST ') ? [route.slice(5)] : []));
    const isUsed = (path: string) => program.some(({ text }) => text.includes(`'${path}'`));
    expect(commands.filter((path) => !isUsed(path))).toEqual([]);
  });

  it('compiles and does what it is told', async () => {
    // Each by its name: what lies below node_modules is otherwise taken for compiled already.
    const sources = ['api.ts', ...program.map(({ name }) => name)].map((name) => join(folder, name));
    const compiler = ts.createProgram(sources, {
      strict: true,
      noUncheckedIndexedAccess: true,
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      types: ['node'],
      skipLibCheck: true,
    });
    const { diagnostics } = compiler.emit();
    const found = [...ts.getPreEmitDiagnostics(compiler), ...diagnostics];
    const host = { getCurrentDirectory: () => folder, getCanonicalFileName: String, getNewLine: () => '\n' };
    expect(ts.formatDiagnostics(found, host)).toBe('');
    await app.http.listen(0, '127.0.0.1');
    const run = promisify(execFile)(process.execPath, [join(folder, 'every-command.js'), await app.http.getUrl()]);
    await expect(run).resolves.toMatchObject({ stdout: 'every command was used\n' });
  });
});

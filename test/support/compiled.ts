import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { transformSync } from '@swc/core';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const made: string[] = [];

/**
 * Compiles sources into a folder from which a child process can run them as the build would, without waiting for one.
 * @param sources globs from the top of the project
 */
export function compiled(...sources: readonly string[]): string {
  // Inside node_modules, so that packages are found from there.
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const target = mkdtempSync(join(cache, 'annals-test-'));
  made.push(target);
  writeFileSync(join(target, 'package.json'), '{ "type": "module" }');
  for (const source of globSync([...sources], { cwd: root })) {
    const { code } = transformSync(readFileSync(join(root, source), 'utf8'), {
      filename: source,
      swcrc: false,
      module: { type: 'es6' },
      jsc: {
        target: 'es2023',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
      },
    });
    const file = join(target, source.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
  return target;
}

afterAll(() => {
  for (const target of made.splice(0)) rmSync(target, { recursive: true, force: true });
});

import { existsSync, globSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

it('the programs that benchmarks start are there', () => {
  const sources = globSync('benchmarks/*.ts').map((path) => readFileSync(path, 'utf8'));
  const started = sources.flatMap((source) => [
    ...source.matchAll(/(?:new Child|answerOf)(?:<[^(]*>)?\(\s*'([^']+)'/g),
  ]);
  const names = new Set(started.map(([, name]) => name!));
  expect(names).toContain('rebuild-run');
  expect([...names].filter((name) => !existsSync(`benchmarks/${name}.ts`))).toEqual([]);
});

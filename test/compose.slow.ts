import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '..');
const cache = join(root, 'node_modules/.cache');

/** The library that Docker Compose reads its files with brings the schema, and comes as a module of Go. */
const VERSION = '2.16.2';
const kept = join(cache, `compose-spec-${VERSION}.json`);

/** The schema of the Compose specification. Fetched once. */
function schema(): object {
  if (!existsSync(kept)) {
    mkdirSync(cache, { recursive: true });
    const download = ['mod', 'download', '-json', `github.com/compose-spec/compose-go/v2@v${VERSION}`];
    const { Dir } = JSON.parse(execFileSync('go', download, { cwd: cache, encoding: 'utf8' })) as { Dir: string };
    copyFileSync(join(Dir, 'schema/compose-spec.json'), `${kept}.${process.pid}`);
    renameSync(`${kept}.${process.pid}`, kept);
  }
  return JSON.parse(readFileSync(kept, 'utf8')) as object;
}

// Without Go there is no way to the schema; `docker compose` says the same things when it is started.
const can = existsSync(kept) || spawnSync('go', ['version']).status === 0;

(can ? describe : describe.skip)('docker-compose.yml, by the schema of its specification', () => {
  const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
  const isValid = can ? new Ajv2020({ strict: false, validateFormats: false }).compile(schema()) : undefined;
  /** Where it is wrong, and how. */
  const faults = (file: string): string[] => {
    isValid!(parse(file, { merge: true }));
    return (isValid!.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };

  it('is valid', () => {
    expect(faults(text)).toEqual([]);
  });

  it.each([
    ['a key there is none of', 'healthcheck:', 'healtcheck:', '/services/eventstore must NOT have unevaluated'],
    ['a number that is none', 'retries: 24', 'retries: [24]', '/services/eventstore/healthcheck/retries must be'],
    [
      'an unknown condition',
      'condition: service_healthy',
      'condition: service_well',
      '/condition must be equal to one',
    ],
    ['a length of time as text', 'interval: 5s', 'interval: 5', '/services/eventstore/healthcheck/interval must be'],
    ['a volume that is an object', '- log:/var/lib', '- log: /var/lib', '/services/eventstore/volumes/0'],
  ])('would not be with %s', (_, part, wrong, fault) => {
    expect(text).toContain(part);
    expect(faults(text.replace(part, wrong)).join('\n')).toContain(fault);
  });
});

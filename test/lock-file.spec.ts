import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

interface Package {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')) as {
  packages: Readonly<Record<string, Package>>;
};

/** Where Node.js looks for `name` from inside the package at `from`: its own folder first, then each one above. */
function places(from: string, name: string): string[] {
  const here = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (from === '') return [here];
  const above = from.lastIndexOf('/node_modules/');
  return [here, ...places(above === -1 ? '' : from.slice(0, above), name)];
}

describe('package-lock.json', () => {
  it('names the optional packages of every platform, so that npm install changes it nowhere', () => {
    const missing = Object.entries(lock.packages).flatMap(([from, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !places(from, name).some((place) => place in lock.packages))
        .map((name) => `${name}, which ${from} wants`),
    );
    expect(missing).toEqual([]);
  });

  it('names packages and not where one machine got them from', () => {
    expect(Object.keys(lock.packages).length).toBeGreaterThan(500);
    expect(JSON.stringify(lock)).not.toContain('"resolved"');
  });
});

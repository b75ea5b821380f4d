import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

// Programs that tests start keep what they have compiled, as `./annals` does.
process.env['NODE_COMPILE_CACHE'] ??= resolve(import.meta.dirname, 'node_modules/.cache/compiled');

/** The fast suites: everything a developer runs before each commit. `npm test` sets the Node options for ES modules. */
export default {
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  // dist holds copies of the sources, data files that come and go.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/data/'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  // Sources import each other by the name they have in dist.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
        },
      },
    ],
  },
  // Far beyond what any of them takes: a machine that does something else at the same time is no fault of theirs.
  testTimeout: 60_000,
  maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
};

import { spawnSync } from 'node:child_process';
import slow from './jest.slow.config.js';

const canBuild = spawnSync('go', ['version']).status === 0;
if (!canBuild) console.warn('FerretDB is built with Go, and there is none on this machine: nothing is tested.');

/** What a server alone can be asked, asked FerretDB: another opinion than that of the server the slow suites take. */
export default {
  ...slow,
  testMatch: canBuild
    ? [
        '<rootDir>/test/read-models/mongo-{contract-order,crash,folding}.slow.ts',
        '<rootDir>/test/read-models/ferretdb.own.ts',
      ]
    : [],
  passWithNoTests: !canBuild,
  // One server at a time, which is built by the first.
  maxWorkers: 1,
};

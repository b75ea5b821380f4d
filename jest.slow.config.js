import fast from './jest.config.js';

/** Crash, property and end-to-end suites: minutes, several processes each, of which many wait most of the time. */
export default {
  ...fast,
  testMatch: ['<rootDir>/test/**/*.slow.ts'],
  testTimeout: 600_000,
  maxWorkers: 3,
};

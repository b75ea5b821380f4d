import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** What the figures were measured on. */
export const machine = () => ({
  at: new Date().toISOString(),
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  memoryGB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  sqlite: process.versions['sqlite'] ?? 'unknown',
  /** Processes that wanted to run in the minute before. */
  load: Math.round(loadavg()[0]! * 100) / 100,
});

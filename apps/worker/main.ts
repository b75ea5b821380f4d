import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from '../../libs/config.js';
import type { Stands } from '../../libs/read-models/building/projecting.js';
import { project } from '../program/project.js';

/** Projects beside the program that writes the log, in a thread of it, until it is told to stop. */
const stop = new AbortController();
parentPort?.once('message', () => stop.abort());
try {
  await project(workerData as Config, {
    // Not for long: the program beside this one says what is wrong, and starts it again.
    patience: 3_000,
    signal: stop.signal,
    stands: (fault) => parentPort?.postMessage({ fault } satisfies Stands),
  });
} finally {
  parentPort?.close();
}

import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from '../../libs/config.js';
import type { Stands } from '../../libs/read-models/building/projector-thread.js';
import { project } from '../program/project.js';

/** Runs the projector in a thread of the program that writes the log, until it receives `stop`. */
const stop = new AbortController();
parentPort?.once('message', () => stop.abort());
try {
  await project(workerData as Config, {
    // Short, since the main program reports the error and starts the thread again.
    patience: 3_000,
    signal: stop.signal,
    stands: (fault) => parentPort?.postMessage({ fault } satisfies Stands),
  });
} finally {
  parentPort?.close();
}

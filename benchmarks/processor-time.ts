/** Processor time of a process so far, in microseconds. */
export interface ProcessorTime {
  readonly main: number;
  /** Of all threads, those of the engine and of the file system among them. */
  readonly all: number;
}

/** Answers any message of the parent process with the processor time so far. */
export function answerProcessorTime(): void {
  const [main, all] = [process.threadCpuUsage(), process.cpuUsage()].map(({ user, system }) => user + system);
  process.send?.({ main, all });
}

/** What versions before kept of a process among the read models. */
export interface FormerProcess {
  readonly position: number;
  /** Events up to here may have been begun. */
  readonly begun: number;
  readonly streams: readonly FormerStream[];
}

/** A stream with attempts that failed; the key `event:` counts attempts at events that a program may have ended of. */
export interface FormerStream {
  readonly key: string;
  readonly position: number;
  readonly attempts: number;
  readonly error: string;
  readonly parked: boolean;
  /** Whether an operator wants it tried again. */
  readonly asked: boolean;
  /** Positions of the events that wait, in order. */
  readonly waiting: readonly number[];
}

/** Takes over once what versions before kept of processes among the read models; they keep it beside the log now. */
export interface FormerProcesses {
  /** @returns nothing where nothing is left of a process of this name */
  formerProcess(name: string): Promise<FormerProcess | undefined>;
  forgetFormerProcess(name: string): Promise<void>;
}

import type { ParkedStream } from './memory/process-state.js';

/** How far a process is, and what it has put aside. */
export interface ProcessStatus {
  readonly name: string;
  readonly version: number;
  /**
   * `failed` stands still until some of what is parked has been dealt with: there is too much of it. `elsewhere` is run by
   * another program, if by any.
   */
  readonly state: 'running' | 'failed' | 'stopped' | 'elsewhere';
  /** Every event up to here has been reacted to, or put aside behind a parked stream; a restart begins after it. */
  readonly position: number;
  /** Events reacted to, and commands that were refused, since the start. */
  readonly handled: number;
  readonly refused: number;
  readonly parked: readonly ParkedStream[];
}

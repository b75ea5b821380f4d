/** The lease on a share of the work. */
export interface Lease {
  readonly share: string;
  /** Null when the share is free. */
  readonly holder: string | null;
  /** Counted up with every new holder. */
  readonly epoch: number;
  /** Counted up with every heartbeat. */
  readonly beat: number;
}

/** Whether a share only registers a living holder: such shares are not taken over, and are deleted when they are released. */
export const isPresence = (share: string): boolean => share.includes(':@');

/** Another program has taken over the lease: nothing was written, and further writes are refused too. */
export class LeaseLost extends Error {
  constructor(readonly generation: number) {
    super(`generation ${generation} has been taken over by another program`);
    this.name = 'LeaseLost';
  }
}

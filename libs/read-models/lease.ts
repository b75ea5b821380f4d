/** A share of the work, as it is held. */
export interface Lease {
  readonly share: string;
  /** Null where nobody holds it. */
  readonly holder: string | null;
  /** Grows with every holder. */
  readonly epoch: number;
  /** Grows with every sign of life. */
  readonly beat: number;
}

/** Shares that say who is there: nobody takes them over, and they are gone when they are released. */
export const isPresence = (share: string): boolean => share.includes(':@');

/** Somebody else has taken over what this was written for: nothing of it was, and nothing more may be. */
export class LeaseLost extends Error {
  constructor(readonly generation: number) {
    super(`generation ${generation} has been taken over by somebody else`);
    this.name = 'LeaseLost';
  }
}

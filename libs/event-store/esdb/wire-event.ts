import type { AllStreamRecordedEvent } from '@eventstore/db-client';

/** An event as the server keeps it. */
export interface EsdbEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly recordedAt: string;
  /** Parsed JSON; undefined for other content types. */
  readonly data: unknown;
  readonly metadata: unknown;
}

export const positionOf = (position: number) => ({ commit: BigInt(position), prepare: BigInt(position) });

export function eventOf(event: AllStreamRecordedEvent): EsdbEvent {
  const { streamId, revision, position, id, type, created, isJson, data, metadata } = event;
  return {
    stream: streamId,
    revision: Number(revision),
    position: Number(position?.commit ?? 0),
    id,
    type,
    recordedAt: created.toISOString(),
    data: isJson ? data : undefined,
    metadata,
  };
}

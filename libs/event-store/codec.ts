/**
 * Encodes event data for the log and decodes it again, from JSON to JSON. All events pass through one codec, so that an
 * encryption of personal fields needs no change in rules or projections.
 */
export interface EventCodec {
  encode(event: { readonly id: string; readonly type: string; readonly data: unknown }, stream: string): unknown;
  decode(stored: { readonly id: string; readonly type: string; readonly stream: string }, data: unknown): unknown;
}

/** Leaves data unchanged. */
export const plain: EventCodec = { encode: ({ data }) => data, decode: (_, data) => data };

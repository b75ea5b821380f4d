/**
 * How event data gets into the log and out of it: from JSON to JSON, so that an engine may keep it as it likes. One codec for
 * everything, so that encrypting the personal fields touches no rule and no projection.
 */
export interface EventCodec {
  encode(event: { readonly id: string; readonly type: string; readonly data: unknown }, stream: string): unknown;
  decode(stored: { readonly id: string; readonly type: string; readonly stream: string }, data: unknown): unknown;
}

/** As it is. */
export const plain: EventCodec = { encode: ({ data }) => data, decode: (_, data) => data };

/**
 * How event data gets into the log and out of it. One codec for everything, so that encrypting the personal fields
 * touches no rule and no projection.
 */
export interface EventCodec {
  encode(event: { readonly id: string; readonly type: string; readonly data: unknown }, stream: string): string;
  decode(stored: { readonly id: string; readonly type: string; readonly stream: string }, text: string): unknown;
}

export const plainJson: EventCodec = {
  encode: ({ data }) => JSON.stringify(data),
  decode: (_, text) => JSON.parse(text) as unknown,
};

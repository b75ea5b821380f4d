import { Refusal } from './errors.js';
import type { Details } from './errors.js';

/** The refusal of whatever is asked of a customer for which another one stands, or of what would be about it. */
export const mergedInto = (survivorId: string, details: Details = {}): Refusal =>
  new Refusal(
    'customer-merged',
    `The customer was merged into ${survivorId}, which stands for both.`,
    { survivorId, ...details },
    409,
  );

/** A merge of customers by which something is about another one, and the customer that it was about before. */
export interface Followed {
  readonly mergeId: string;
  readonly from: string;
}

/** What is about a customer, with the merges by which it is about this one: the last one stands last. */
export interface Following {
  readonly customerId: string | null;
  readonly followed: readonly Followed[];
}

/** Which merge is followed, or taken back. */
export interface MergeToFollow {
  readonly mergeId: string;
  readonly loserId: string;
  readonly back: boolean;
}

/** The merges from the customer on, one after the other, and where they end; undefined where it is not merged by this one any more. */
export type MergePath = { readonly steps: readonly Followed[]; readonly to: string } | undefined;

/**
 * Where something goes by a merge, or goes back to when that is taken back. What came to another customer in another way stays.
 * @returns undefined where it stays
 */
export function moveByMerge(
  { customerId, followed }: Following,
  { mergeId, loserId, back }: MergeToFollow,
  path: MergePath,
): (Following & { readonly customerId: string; readonly from: string }) | undefined {
  if (customerId === null) return undefined;
  if (!back) {
    if (customerId !== loserId || !path) return undefined;
    return { from: customerId, customerId: path.to, followed: [...followed, ...path.steps] };
  }
  const index = followed.findIndex((each) => each.mergeId === mergeId);
  if (index < 0) return undefined;
  return { from: customerId, customerId: followed[index]!.from, followed: followed.slice(0, index) };
}

/** The merges in a document, by which a sweep finds what is to go back. */
export const mergesOf = (followed: readonly Followed[]): string[] => followed.map(({ mergeId }) => mergeId);

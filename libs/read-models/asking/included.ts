import type { Found } from '../read-models.js';
import type { Projection } from '../projection.js';
import { documentsOf } from './documents.js';
import type { Reading, When } from './reading.js';

/** Documents that items of a list name: by which of their fields, in which read model they are, what of them is shown. */
interface Named<Item, View> {
  readonly by: (item: Item) => string | null;
  readonly in: Projection;
  readonly shows: (document: unknown) => View;
}

type NamedBy<Item> = Readonly<Record<string, Named<Item, unknown>>>;

export type ById<View> = Readonly<Record<string, View>>;

type Shown<Of> = { readonly [Word in keyof Of]?: Of[Word] extends Named<never, infer View> ? ById<View> : never };

/** A page of a list, with documents that its items name. */
export interface Page<Item, Included> extends Found<Item> {
  /** What `include` asked for, by its word and then by id. What has no document is not among it. */
  readonly included?: Included;
}

interface Asked extends When {
  readonly include?: readonly string[] | undefined;
}

export const named = <Item, Document, View>(
  by: (item: Item) => string | null,
  of: Projection<Document>,
  shows: (document: Document) => View,
): Named<Item, View> => ({ by, in: of as Projection, shows: (document) => shows(document as Document) });

/**
 * The page with the documents that `include` asks for, each once, at the moment that the page is of. Each kind is looked up in batches.
 * @param of what can be asked for, by its word
 */
export async function including<Item, const Of extends NamedBy<Item>>(
  reading: Reading,
  page: Found<Item>,
  of: Of,
  { include, after, asOf, axis }: Asked,
): Promise<Page<Item, Shown<Of>>> {
  if (include === undefined) return page;
  const included: Record<string, ById<unknown>> = {};
  for (const word of new Set(include)) {
    const { by, in: projection, shows } = of[word]!;
    const ids = page.items.map(by).filter((id) => id !== null);
    const documents = await documentsOf(await reading.of(projection, { after, asOf, axis }), projection, ids);
    included[word] = Object.fromEntries([...documents].map(([id, document]) => [id, shows(document)]));
  }
  return { ...page, included: included as Shown<Of> };
}

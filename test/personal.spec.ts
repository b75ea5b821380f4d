import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Metadata } from '../libs/event-store/event-store.js';
import { harmlessMetadata, personalMetadata } from '../libs/event-store/personal-metadata.js';
import { Upcasting } from '../libs/event-store/upcasting.js';
import type { Versioned } from '../libs/event-store/upcasting.js';
import { isId } from '../libs/ids.js';
import { upcasters } from '../libs/upcasters.js';

interface Declared {
  readonly personal?: Readonly<Record<string, readonly { readonly of: string; readonly paths: readonly string[] }[]>>;
  readonly harmless?: Readonly<Record<string, readonly string[]>>;
}

const libs = new URL('../libs/', import.meta.url);
const contexts = readdirSync(libs).filter((folder) => existsSync(new URL(`${folder}/events.ts`, libs)));
const declared = await Promise.all(
  contexts.map(async (context) => (await import(`../libs/${context}/events.js`)) as Declared),
);
const personal = new Map(declared.flatMap((each) => Object.entries(each.personal ?? {})));
const harmless = new Map(declared.flatMap((each) => Object.entries(each.harmless ?? {})));

const upcasting = new Upcasting(upcasters);
const golden = readFileSync(new URL('./golden/events.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .flatMap((line) => upcasting.up(JSON.parse(line) as Versioned));

/** Every plain value with its path, which is written as `libs/personal.ts` writes it. */
function values(of: unknown, path = ''): (readonly [path: string, value: unknown])[] {
  if (Array.isArray(of)) return of.flatMap((entry) => values(entry, `${path}[]`));
  if (typeof of !== 'object' || of === null) return [[path, of]];
  return Object.entries(of).flatMap(([field, value]) => values(value, path === '' ? field : `${path}.${field}`));
}

const PERSONAL_NAME =
  /\b(name|title|address|note|summary|text|reason|phone|e?mail|tax|birthday|location|lat|lng|proof|next step)\b/;
/** Several words or a capitalised one, an e-mail address, a domain, a telephone number. */
const PERSONAL_VALUE = /\s|^\p{Lu}\p{Ll}|^\S+@\S+\.\S+$|^[\w-]+(\.[\w-]+)*\.[a-z]{2,}$|^\+?\d[\d()/-]{6,}$/u;
const TIME = /^\d{4}-\d\d-\d\d(T|$)/;

/** The field that holds a value, in words: of a change, or of the sides of a move, the one that changed. */
const fieldOf = (path: string): string =>
  path
    .replaceAll('[]', '')
    .split('.')
    .filter((field) => field !== 'from' && field !== 'to')
    .at(-1)
    ?.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) ?? '';

function looksPersonal([path, value]: readonly [path: string, value: unknown]): boolean {
  if (PERSONAL_NAME.test(fieldOf(path))) return true;
  return typeof value === 'string' && !isId(value) && !TIME.test(value) && PERSONAL_VALUE.test(value);
}

const undeclared = (data: unknown, known: readonly string[]): string[] =>
  values(data)
    .filter((each) => looksPersonal(each) && !known.includes(each[0]))
    .map(([path]) => path);

const personalPaths = (type: string): string[] => (personal.get(type) ?? []).flatMap(({ paths }) => paths);

describe('what an event says of people', () => {
  it.each(golden)('is declared as personal or as harmless: $type version $schemaVersion', ({ type, data }) => {
    expect(undeclared(data, [...personalPaths(type), ...(harmless.get(type) ?? [])])).toEqual([]);
  });

  it.each([...new Set([...personal.keys(), ...harmless.keys()])])('is where the declaration says it is: %s', (type) => {
    const there = golden.filter((event) => event.type === type).flatMap(({ data }) => values(data));
    const subjects = (personal.get(type) ?? []).map(({ of }) => of);
    const paths = [...subjects, ...personalPaths(type), ...(harmless.get(type) ?? [])];
    expect(paths.filter((path) => !there.some(([each]) => each === path))).toEqual([]);
    const ids = there.filter(([path]) => subjects.includes(path));
    expect(ids.filter(([, id]) => id !== null && !isId(String(id)))).toEqual([]);
  });

  it.each([...personal.keys()])('is declared once: %s', (type) => {
    const all = [...personalPaths(type), ...(harmless.get(type) ?? [])];
    expect(all).toEqual([...new Set(all)]);
  });

  it('is declared of its metadata too', () => {
    const metadata: Required<Metadata> = {
      actor: { id: 'seller', name: 'Ada Lin', onBehalfOf: 'manager' },
      source: 'api',
      commandId: 'command',
      commandHash: 'hash',
      correlationId: 'correlation',
      causationId: 'cause',
      reason: 'asked for it by telephone',
      importId: 'import',
      importRow: { step: 'customers', file: 'customers.csv', row: 1 },
      rule: { name: 'owner-left', version: 1 },
    };
    const known = [...personalMetadata.flatMap(({ paths }) => paths), ...harmlessMetadata];
    expect(undeclared(metadata, known)).toEqual([]);
    expect(known.filter((path) => !values(metadata).some(([each]) => each === path))).toEqual([]);
  });
});

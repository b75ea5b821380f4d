import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = resolve(import.meta.dirname, '..');
const text = (path: string) => readFileSync(join(root, path), 'utf8');

const guides = globSync('docs/guides/*.md', { cwd: root });

interface Block {
  readonly code: string;
  /** The file that the line before the block ends with; nothing where it names none. */
  readonly file: string | undefined;
}

const BLOCK = /^```\w*\n([\s\S]*?)^```$/gm;

/** The blocks of code of a page. */
const blocksOf = (page: string): Block[] =>
  [...page.matchAll(BLOCK)].map(({ 1: code = '', index }) => {
    const before = page.slice(0, index).trimEnd().split('\n').at(-1)!;
    return { code, file: /`([^`\s]+)`:$/.exec(before)?.[1] };
  });

/** A text without the indentation of its lines. */
const flush = (code: string): string => code.trim().replace(/^[ \t]+/gm, '');

/** Whether whole lines of a file are this code, but for indentation. */
const contains = (file: string, code: string): boolean => `\n${flush(text(file))}\n`.includes(`\n${flush(code)}\n`);

describe.each(guides)('%s', (guide) => {
  it('shows code as it runs: each block stands in the file that is named above it', () => {
    const wrong = blocksOf(text(guide)).filter(
      ({ file, code }) => file === undefined || !existsSync(join(root, file)) || !contains(file, code),
    );
    expect(wrong).toEqual([]);
  });

  it('is named in README.md', () => {
    expect(text('README.md')).toContain(`](${guide})`);
  });
});

describe('the guides together', () => {
  it('show the sample that complaints.spec.ts runs, and the product', () => {
    const files = guides.flatMap((guide) => blocksOf(text(guide)).map(({ file }) => file ?? ''));
    expect(files.filter((file) => file.startsWith('test/guides/complaints/')).length).toBeGreaterThan(10);
    expect(files.filter((file) => file.startsWith('libs/')).length).toBeGreaterThan(1);
  });
});

// docs/errors.md is generated, with paths as they are in libs.
const pages = globSync(['README.md', 'docs/*.md', 'docs/guides/*.md'], { cwd: root, exclude: ['docs/errors.md'] });

it.each(pages)('%s names files that are there', (page) => {
  const named = [...text(page).matchAll(/`((?:apps|libs|projections|processes|reports|test)\/[\w./-]*(?:\/|\.\w+))`/g)];
  expect(named.flatMap(({ 1: path = '' }) => (existsSync(join(root, path)) ? [] : [path]))).toEqual([]);
});

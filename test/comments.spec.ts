import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/** Comments in these folders may speak of people: contexts of the business, and their rules. */
const isAboutPeople = (file: string): boolean => existsSync(file.replace(/^(libs\/[^/]+)\/.*/, '$1/context.ts'));

/** Words for people, which comments must not use for programs. */
const PERSON = /\b(whoever|nobody|somebody|anybody)\b/i;

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;

describe('comments', () => {
  it('find words for people', () => {
    expect(
      'let a; // whoever asks\n/** Nobody\n * waits. */'.match(COMMENT)!.filter((text) => PERSON.test(text)),
    ).toHaveLength(2);
  });

  it('name the component: programs are not people', () => {
    const files = globSync(['libs/**/*.ts', 'apps/**/*.ts']).filter((file) => !isAboutPeople(file));
    expect(files.length).toBeGreaterThan(100);
    const found = files.flatMap((file) =>
      (readFileSync(file, 'utf8').match(COMMENT) ?? [])
        .filter((comment) => PERSON.test(comment))
        .map((comment) => `${file}: ${comment}`),
    );
    expect(found).toEqual([]);
  });
});

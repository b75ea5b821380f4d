import { expect, it } from '@jest/globals';
import { Invalid, Refusal } from '../../libs/errors.js';
import { problemOf } from '../../libs/http/problem.filter.js';

it('a detail has none of the names by which every problem says something: the compiler refuses it', () => {
  const refusals = [
    // @ts-expect-error the type of the problem
    new Invalid('some-code', 'No.', { type: 'a' }),
    // @ts-expect-error its title
    new Invalid('some-code', 'No.', { title: 'a' }),
    // @ts-expect-error the status of the answer
    new Invalid('some-code', 'No.', { status: 'a' }),
    // @ts-expect-error the sentence of the refusal
    new Invalid('some-code', 'No.', { detail: 'a' }),
    // @ts-expect-error what the problem happened to
    new Refusal('some-code', 'No.', { instance: 'a' }),
    // @ts-expect-error the code of the refusal
    new Refusal('some-code', 'No.', { code: 'a' }),
  ];
  for (const refusal of refusals) expect(problemOf(refusal)).toMatchObject({ code: 'some-code', detail: 'No.' });
});

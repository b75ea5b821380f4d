import { expect, it } from '@jest/globals';
import { patiently } from '../libs/patience.js';

/** Fails with one after the other, then works. */
function failing(...errors: readonly Error[]) {
  const left = [...errors];
  const said: string[] = [];
  const work = async () => {
    const error = left.shift();
    if (error) throw error;
    return 'there';
  };
  const mayPass = (error: unknown) => (error as Error).message !== 'for good';
  return { said, done: patiently(work, { patience: 400, mayPass, waiting: ({ message }) => said.push(message) }) };
}

it('goes on until it works, and says what it waits for', async () => {
  const { said, done } = failing(new Error('one'), new Error('two'));
  expect(await done).toBe('there');
  expect(said).toEqual(['one', 'two']);
});

it('does not wait for what does not pass', async () => {
  const { said, done } = failing(new Error('one'), new Error('for good'), new Error('three'));
  await expect(done).rejects.toThrow('for good');
  expect(said).toEqual(['one']);
});

it('gives up with what it failed with last', async () => {
  const { said, done } = failing(...Array.from({ length: 99 }, (_, index) => new Error(`${index}`)));
  const error = (await done.catch((thrown: unknown) => thrown)) as Error;
  expect(said.length).toBeGreaterThan(0);
  expect(error.message).toBe(`${said.length}`);
});

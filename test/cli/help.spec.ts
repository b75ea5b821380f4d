import { expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { programFor } from '../../apps/cli/program.js';

const begin = (): never => {
  throw new Error('help begins nothing');
};

/** What the program prints, and how it ends. */
async function said(...asked: string[]): Promise<{ readonly printed: string; readonly exitCode: number | undefined }> {
  const program = await programFor(asked, begin);
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  for (const each of [program, ...below(program)]) each.configureOutput({ writeOut: write, writeErr: write });
  const ended = await program.parseAsync(asked, { from: 'user' }).then(
    () => undefined,
    (error: unknown) => error as { readonly exitCode?: number },
  );
  return { printed: written.join(''), exitCode: ended?.exitCode };
}

const below = (command: Command): readonly Command[] => command.commands.flatMap((each) => [each, ...below(each)]);

const names = (await programFor([], begin)).commands.map((command) => command.name());
/** Every command of a command, with the name of that. */
const nested = below(await programFor(names, begin)).flatMap((command) =>
  command.parent?.parent ? [[command.parent.name(), command.name()] as const] : [],
);

it.each(nested)('help is that of the nested command %s %s', async (parent, name) => {
  const { printed, exitCode } = await said('help', parent, name);
  expect(printed).toMatch(new RegExp(`^Usage: annals ${parent} ${name} `));
  expect(exitCode).toBe(0);
  expect(await said(parent, 'help', name)).toEqual({ printed, exitCode });
  expect(await said(parent, name, '--help')).toEqual({ printed, exitCode });
});

it('help is that of a command, or of all of them', async () => {
  expect(nested.length).toBeGreaterThan(2);
  expect((await said('help', 'report')).printed).toMatch(/^Usage: annals report /);
  expect((await said('help', 'help')).printed).toMatch(/^Usage: annals help /);
  expect(await said('help')).toEqual(await said('--help'));
});

it.each(['nonsense', 'projections nonsense'])('help on what is no command is refused: %s', async (asked) => {
  const { printed, exitCode } = await said('help', ...asked.split(' '));
  expect(printed).toContain('has no command nonsense');
  expect(exitCode).toBe(1);
});

import type { Command } from 'commander';
import type { Common } from './options.js';
import type { Output } from './output.js';

/** What an action works with besides its own arguments. */
export interface Session {
  readonly output: Output;
  /** Aborts when the user wants to stop. */
  readonly signal: AbortSignal;
}

export type Begin = (options: Common) => Session;

/** Adds arguments, options and action to a command that has its name and description. */
export type Define = (command: Command, begin: Begin, asked: readonly string[]) => void | Promise<void>;

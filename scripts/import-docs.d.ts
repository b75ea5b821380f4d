import type { Target } from '../libs/import/target.js';

/** docs/import.md with its table of targets as the code has it. */
export function importPage(page: string, targets: Readonly<Record<string, Target>>): string;

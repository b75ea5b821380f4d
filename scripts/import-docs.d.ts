import type { Target } from '../libs/import/steps/step.js';

/** docs/import.md with its table of targets as the code has it. */
export function importPage(page: string, targets: Readonly<Record<string, Target>>): string;
/** docs/import.md and docs/import-mapping.schema.json, by path, from the built program. */
export function importPages(): Promise<Readonly<Record<string, string>>>;

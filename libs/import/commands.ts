import { command } from '../commands/command.js';
import { fromProgram } from '../commands/fields.js';
import type { RefusedRows } from './events.js';

export class SettleImportRows extends command({
  says: 'Remembers how rows ended that left no event of their own, so that no later import decides on them again.',
  about: 'sourceId',
  fields: {
    source: fromProgram<string>(),
    refused: fromProgram<readonly RefusedRows[]>(),
    unchanged: fromProgram<readonly string[]>(),
  },
}) {}

import { Command } from '@nestjs/cqrs';
import type { Decided } from '../event-store/streams.js';
import type { RefusedRows } from './events.js';

/** Remember how rows ended that left no event of their own, so that no later import decides on them again. */
export class SettleImportRows extends Command<Decided> {
  constructor(
    readonly sourceId: string,
    readonly source: string,
    readonly refused: readonly RefusedRows[],
    readonly unchanged: readonly string[],
  ) {
    super();
  }
}

import type { Statements } from '../../sqlite/sqlite.js';
import type { FormerProcess, FormerStream } from '../former-processes.js';

/** What versions before kept of processes: checkpoints, and rows about streams among those about documents, under a name. */
export class SqliteFormerProcesses {
  constructor(private readonly statements: Statements) {}

  of(name: string): FormerProcess | undefined {
    const checkpoint = this.statements.get('SELECT position, begun FROM checkpoint WHERE process = ?', name);
    const rows = this.statements.all(
      'SELECT key, position, attempts, error, parked, asked FROM parked WHERE consumer = ? ORDER BY key',
      name,
    );
    if (!checkpoint && rows.length === 0) return undefined;
    const streams = rows.map(({ parked, asked, ...row }) => {
      const sql = 'SELECT position FROM waiting WHERE consumer = ? AND key = ? ORDER BY position';
      const waiting = this.statements.all(sql, name, row['key']!).map(({ position }) => Number(position));
      return { ...row, parked: parked === 1, asked: asked === 1, waiting } as unknown as FormerStream;
    });
    return { position: Number(checkpoint?.['position'] ?? 0), begun: Number(checkpoint?.['begun'] ?? 0), streams };
  }

  forget(name: string): void {
    for (const table of ['waiting', 'parked']) this.statements.run(`DELETE FROM ${table} WHERE consumer = ?`, name);
    this.statements.run('DELETE FROM checkpoint WHERE process = ?', name);
  }
}

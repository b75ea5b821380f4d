import type { Statements } from '../../sqlite/sqlite.js';
import { isPresence, LeaseLost } from '../lease.js';
import type { Lease } from '../lease.js';

/** A released share keeps its row, so that its next epoch is higher. */
export const LEASES = `CREATE TABLE lease (
     share TEXT PRIMARY KEY, holder TEXT, epoch INTEGER NOT NULL, beat INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE fence (consumer PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;`;

/** Table of leases: the holder of each share, and the epoch of its writes. */
export class SqliteLeases {
  constructor(private readonly statements: Statements) {}

  all(): readonly Lease[] {
    return this.statements.all('SELECT share, holder, epoch, beat FROM lease ORDER BY share') as unknown as Lease[];
  }

  take(share: string, holder: string, seen?: Lease): Lease | undefined {
    return this.statements.get(
      `INSERT INTO lease VALUES (?, ?, 1, 0)
       ON CONFLICT (share) DO UPDATE SET holder = excluded.holder, epoch = epoch + 1, beat = beat + 1
         WHERE holder IS NULL OR (epoch = ? AND beat = ?)
       RETURNING share, holder, epoch, beat`,
      share,
      holder,
      seen?.epoch ?? null,
      seen?.beat ?? null,
    ) as Lease | undefined;
  }

  /** @returns the shares that are still held */
  beat(holder: string, shares: readonly string[]): readonly string[] {
    const sql = `UPDATE lease SET beat = beat + 1 WHERE holder = ? AND share IN (SELECT value FROM json_each(?)) RETURNING share`;
    return this.statements.all(sql, holder, JSON.stringify(shares)).map(({ share }) => String(share));
  }

  release(holder: string, shares: readonly string[]): void {
    for (const share of shares) {
      const sql = isPresence(share)
        ? 'DELETE FROM lease WHERE holder = ? AND share = ?'
        : 'UPDATE lease SET holder = NULL WHERE holder = ? AND share = ?';
      this.statements.run(sql, holder, share);
    }
  }

  fence(generation: number, epoch: number): void {
    const sql = `INSERT INTO fence VALUES (?, ?) ON CONFLICT DO UPDATE SET epoch = max(epoch, excluded.epoch)`;
    this.statements.run(sql, generation, epoch);
  }

  /** @throws LeaseLost when this epoch is over */
  guard(generation: number, epoch: number | undefined): void {
    if (epoch === undefined) return;
    const row = this.statements.get('SELECT epoch FROM fence WHERE consumer = ?', generation);
    if (Number(row?.['epoch'] ?? 0) > epoch) throw new LeaseLost(generation);
  }

  forget(generation: number): void {
    this.statements.run('DELETE FROM fence WHERE consumer = ?', generation);
  }
}

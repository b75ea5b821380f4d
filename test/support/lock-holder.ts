import { spawn } from 'node:child_process';
import { once } from 'node:events';

const program = `
  const { DatabaseSync } = require('node:sqlite');
  const db = new DatabaseSync(process.argv[1]);
  db.exec('BEGIN IMMEDIATE');
  console.log('held');
  process.stdin.once('data', () => { db.close(); process.exit(); }).once('end', () => process.exit());`;

/** Another program that holds the write lock of a SQLite file until it lets go of it. */
export class LockHolder {
  private constructor(private readonly child: ReturnType<typeof spawn>) {}

  static async of(path: string): Promise<LockHolder> {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', program, path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return new LockHolder(child);
  }

  get pid(): number {
    return this.child.pid!;
  }

  async letGo(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.stdin!.end('now');
    await ended;
  }
}

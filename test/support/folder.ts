import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

const folders: string[] = [];

/** A fresh folder that is gone after the suite. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'annals-test-'));
  folders.push(made);
  return made;
}

afterAll(() => {
  for (const made of folders.splice(0)) {
    // A test may have taken the right to write away.
    if (existsSync(made)) chmodSync(made, 0o700);
    rmSync(made, { recursive: true, force: true });
  }
});

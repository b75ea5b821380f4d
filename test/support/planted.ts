import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { folder } from './folder.js';

const root = resolve(import.meta.dirname, '../..');

/** Trees of source files that break rules on purpose, for the tools that look at the sources of this project. */
export class Planted {
  readonly #tree = folder();

  /** Writes these files, with the settings of the tools beside them. @returns their folder */
  plant(files: Readonly<Record<string, string>>): string {
    for (const [name, source] of Object.entries(files)) {
      mkdirSync(dirname(join(this.#tree, name)), { recursive: true });
      writeFileSync(join(this.#tree, name), `${source}\n`);
    }
    for (const file of ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs', '.oxlintrc.json']) {
      cpSync(join(root, file), join(this.#tree, file));
    }
    return this.#tree;
  }

  /** What a tool reports of them, as JSON. */
  run<Report>(tool: string, ...args: string[]): Report {
    const { stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', tool), args, {
      cwd: this.#tree,
      encoding: 'utf8',
    });
    if (!stdout.startsWith('{')) throw new Error(`${tool} did not report: ${stdout}${stderr}`);
    return JSON.parse(stdout) as Report;
  }
}

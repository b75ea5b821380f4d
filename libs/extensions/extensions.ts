import type { ExtensionStatus } from './load.js';

/** The extensions of this installation, for status and health. */
export class InstalledExtensions {
  constructor(readonly all: readonly ExtensionStatus[]) {}

  /** Those of which nothing is there, with the reason why. */
  get faults(): readonly { readonly extension: string; readonly fault: string }[] {
    return this.all.flatMap(({ extension, fault }) => (fault === null ? [] : [{ extension, fault }]));
  }
}

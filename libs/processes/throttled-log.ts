import type { Report } from './reactions.js';

/** How long the same is not said again, in milliseconds. */
const SILENCE = 60_000;

/** A report for what is nobody's fault and tried again and again: it says the same once, then how often it was since. */
export function sparing(report: Report, now = () => performance.now()): Report {
  const said = new Map<string, { at: number; since: number }>();
  return (what, details) => {
    const before = said.get(what);
    if (before && now() - before.at < SILENCE) {
      before.since += 1;
      return;
    }
    report(what, before?.since ? { ...details, sinceLastSaid: before.since } : details);
    said.set(what, { at: now(), since: 0 });
  };
}

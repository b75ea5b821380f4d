import type { Report } from './reactions.js';

/** Minimum time between identical entries, in milliseconds. */
const SILENCE = 60_000;

/** Throttles identical log entries to one a minute, with a count. */
export function throttled(report: Report, now = () => performance.now()): Report {
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

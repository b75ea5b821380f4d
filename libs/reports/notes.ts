import type { Awaited, ParkedDocuments, Report } from './answer.js';

/** What has to be known beside the figures, as sentences. */
export function notesOf({ parked, awaited, zone }: Pick<Report, 'parked' | 'awaited' | 'zone'>): readonly string[] {
  return [...(parked.count > 0 ? [parkedNote(parked)] : []), ...(awaited ? [awaitedNote(awaited, zone)] : [])];
}

function parkedNote({ count, documents }: ParkedDocuments): string {
  const named = documents.map(({ document, position, error }) => `${document} (position ${position}: ${error})`);
  const more = count - documents.length;
  const all = [...named, ...(more > 0 ? [`${more} more`] : [])].join('; ');
  const what = count === 1 ? '1 document is parked: it is' : `${count} documents are parked: they are`;
  return `${what} missing in these figures, or in them as of an earlier event. ${all}.`;
}

function awaitedNote({ zone, definition, state, position, head, error }: Awaited, kept: string): string {
  const what = zone === kept ? 'An earlier definition answers' : `Days are those of ${kept}`;
  const next = zone === kept ? definition : `the same in ${zone}`;
  if (state === null) return `${what}; ${next} is not built yet.`;
  if (state === 'failed' || state === 'cancelled') return `${what}; ${next} was not built: ${error ?? state}.`;
  const far = `${position.toLocaleString('en')} of ${head.toLocaleString('en')}`;
  return `${what}; ${next} is being built, and has looked at the log up to position ${far}.`;
}

import type { HistoryEntry } from './queries.js';

const columns: Readonly<Record<string, (entry: HistoryEntry) => string | number | null | undefined>> = {
  position: ({ position }) => position,
  stream: ({ stream }) => stream,
  revision: ({ revision }) => revision,
  eventId: ({ eventId }) => eventId,
  type: ({ type }) => type,
  occurredAt: ({ occurredAt }) => occurredAt,
  recordedAt: ({ recordedAt }) => recordedAt,
  actorId: ({ actor }) => actor.id,
  actorName: ({ actor }) => actor.name,
  onBehalfOf: ({ actor }) => actor.onBehalfOf,
  source: ({ source }) => source,
  reason: ({ reason }) => reason,
  rule: ({ rule }) => rule?.name,
  ruleVersion: ({ rule }) => rule?.version,
  causedBy: ({ causedBy }) => causedBy,
  correlationId: ({ correlationId }) => correlationId,
  importId: ({ importId }) => importId,
  importStep: ({ importRow }) => importRow?.step,
  importFile: ({ importRow }) => importRow?.file,
  importRow: ({ importRow }) => importRow?.row,
  data: ({ data }) => JSON.stringify(data),
};

/** Titles of the columns that events have as CSV; the same for all, whatever they hold. */
export const entryTitles: readonly string[] = Object.keys(columns);

/** An event as the fields of a line of CSV, its data as JSON. */
export const entryLine = (entry: HistoryEntry): readonly string[] =>
  Object.values(columns).map((of) => String(of(entry) ?? ''));

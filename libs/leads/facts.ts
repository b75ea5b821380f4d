import type { StateReader } from '../event-store/decider.js';
import type { LeadChannel, LeadGrade } from './events.js';
import { isOpen, lead } from './lead.decider.js';

/** What other contexts may know of a lead when they decide. */
export interface LeadFacts {
  readonly leadId: string;
  /** Whether it takes work: it is neither converted nor closed. */
  readonly open: boolean;
  readonly ownerId: string | null;
  readonly grade: LeadGrade | null;
  readonly channel: LeadChannel;
  readonly region: string | null;
  readonly sector: string | null;
}

export async function leadFacts(streams: StateReader, leadId: string): Promise<LeadFacts | undefined> {
  const { state } = await streams.load(lead, leadId);
  if (state.status === 'unknown') return undefined;
  const { ownerId, grade, source, details } = state;
  const { region, sector } = details;
  return { leadId, open: isOpen(state), ownerId, grade, channel: source.channel, region, sector };
}

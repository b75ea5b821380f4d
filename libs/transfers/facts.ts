import type { StateReader } from '../event-store/decider.js';
import { transferHold } from './hold.decider.js';

/** The open transfer that holds a customer, an opportunity or a lead; null where none does. */
export const openTransferOf = async (streams: StateReader, subjectId: string): Promise<string | null> =>
  (await streams.load(transferHold, subjectId)).state.transferId;

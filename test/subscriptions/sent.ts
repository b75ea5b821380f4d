import type { EventData } from '@eventstore/db-client';
import type { Endpoint } from './endpoint.js';

/** Events as another program writes them. */
export const sent = (on: Endpoint, count: number, data: object = {}): EventData[] =>
  Array.from({ length: count }, (_, index) => on.tools.jsonEvent({ type: 'Sent', data: { ...data, index } }));

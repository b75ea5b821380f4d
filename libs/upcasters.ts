import type { Upcaster } from './event-store/upcasting.js';

/** Every shape an event ever had and no longer has, with the way to the next. Released events only ever get entries here. */
export const upcasters: readonly Upcaster[] = [];

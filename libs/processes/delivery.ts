import type { RecordedEvent } from '../event-store/event-store.js';
import type { Handler } from './handler.js';
import type { Beginning } from './process.js';

/**
 * Hands events to another program: a web hook, a mail, a broker. Events of one stream come in order, each at least once: again
 * when this program ended before it was remembered as delivered. What is delivered bears the event's id, by which the receiver
 * drops repeats.
 */
export interface Delivery {
  readonly name: string;
  /** Raise it when the same event is delivered in another form. */
  readonly version: number;
  readonly from: Beginning;
  readonly types: readonly string[];
  /**
   * Resolves when the receiver has the event.
   * @throws Unavailable to be tried again until it works; anything else to be tried a few times, before the stream is parked
   */
  deliver(event: RecordedEvent): Promise<void>;
}

/** A delivery as the runner runs it. */
export class DeliveryHandler implements Handler {
  readonly name: string;
  readonly version: number;
  readonly from: Beginning;
  readonly types: readonly string[];

  constructor(private readonly delivery: Delivery) {
    ({ name: this.name, version: this.version, from: this.from, types: this.types } = delivery);
  }

  async handle(events: readonly RecordedEvent[]): Promise<number> {
    for (const event of events) await this.delivery.deliver(event);
    return 0;
  }
}

import { Injectable, Optional } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { EventStore } from '../event-store/event-store.js';
import { eventsBehind } from '../event-store/events-behind.js';
import { Rebuilds } from '../read-models/building/rebuilds.js';
import { Reacting } from '../reacting.js';
import { Tallies } from '../tallies.js';

/** Metrics for Prometheus. Gauges read the stores at each scrape, so they cost nothing in between. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  readonly requests = new Histogram({
    name: 'annals_http_request_duration_seconds',
    help: 'Time from request to answer, by route.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });

  constructor(store: EventStore, rebuilds: Rebuilds, tallies: Tallies, @Optional() reacting?: Reacting) {
    collectDefaultMetrics({ register: this.registry });
    new Counter({
      name: 'annals_web_form_trapped_total',
      help: 'Submissions of web forms in which the field was filled that visitors do not see.',
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(tallies.trappedSubmissions);
      },
    });
    this.#gauge('annals_log_position', 'Position of the last event of the log.', [], async (gauge) => {
      gauge.set(await store.head());
    });
    this.#gauge('annals_log_writable', 'Whether events can be recorded: 1 or 0.', [], async (gauge) => {
      gauge.set(store.fault === undefined ? 1 : 0);
    });
    this.#gauge(
      'annals_projection_lag_events',
      'Events a read model has still to look at.',
      ['projection'],
      async (gauge) => {
        for (const { name, lag } of await rebuilds.status()) gauge.set({ projection: name }, lag);
      },
    );
    this.#gauge('annals_projection_parked', 'Documents that could not be folded.', ['projection'], async (gauge) => {
      for (const { name, parked } of await rebuilds.status()) gauge.set({ projection: name }, parked.length);
    });
    if (!reacting) return;
    this.#gauge('annals_process_lag_events', 'Events a process has still to look at.', ['process'], async (gauge) => {
      const head = await store.head();
      const { processes } = await reacting.status();
      const behind = await eventsBehind(store, Math.min(head, ...processes.map(({ position }) => position)), head);
      for (const { name, position } of processes) gauge.set({ process: name }, behind.after(position));
    });
    this.#gauge('annals_process_parked', 'Streams that could not be reacted to.', ['process'], async (gauge) => {
      for (const { name, parked } of (await reacting.status()).processes) gauge.set({ process: name }, parked.length);
    });
  }

  #gauge(name: string, help: string, labelNames: string[], ask: (gauge: Gauge) => Promise<void>): void {
    const gauge: Gauge = new Gauge({ name, help, labelNames, registers: [this.registry], collect: () => ask(gauge) });
  }
}

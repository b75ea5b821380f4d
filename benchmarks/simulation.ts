/** What a page of a worker costs at one place, in seconds: its shares go through the log together. */
export interface Stage {
  /** What it takes a place of, all at once: names of resources. */
  readonly at: readonly string[];
  /** Every page, or only a worker's first or last. */
  readonly only?: 'first' | 'last';
  /** The worker does not wait for it: what other threads of its process do. */
  readonly beside?: true;
  readonly perPage: number;
  readonly perShare: number;
  /** For every event of the page, and every share. */
  readonly perEvent: number;
}

export interface Resource {
  /** How many may be there at a time. */
  readonly places: number;
  /**
   * How many times longer work takes when all other places are taken; in between when some are.
   * @defaultValue 1
   */
  readonly crowded?: number;
}

export interface Plan {
  /** Cores, connections, writers. Workers themselves are no resource. */
  readonly resources: Readonly<Record<string, Resource>>;
  /** What a page passes through, in this order; a worker begins the next page when the last is over. */
  readonly stages: readonly Stage[];
  readonly workers: number;
  /** Pieces that are projected for themselves: read models × partitions. Workers have as many each as is even. */
  readonly shares: number;
  /** Events of the log that go into one page. */
  readonly page: number;
  /** Events of the log to be projected by every share. */
  readonly events: number;
}

export interface Outcome {
  /** From the first page to the last, in seconds. */
  readonly seconds: number;
  /** Events of the log a second, seen by all shares. */
  readonly rate: number;
  /** How busy each resource was, from 0 to 1; the highest is what saturates first. */
  readonly busy: Readonly<Record<string, number>>;
}

interface Arrival {
  readonly at: number;
  readonly worker: number;
  readonly page: number;
  readonly stage: number;
}

/**
 * Projecting as a queueing network: every worker takes its shares through the log, a page at a time, stage by stage; at a
 * place that is taken it waits in line. Discrete events, first come first served, no chance in it.
 */
export function simulate({ resources, stages, workers, shares, page, events }: Plan): Outcome {
  const pages = Math.ceil(events / page);
  const sharesOf = (worker: number) => Math.floor((shares - worker + workers - 1) / workers);
  /** When each place of a resource is free again. */
  const free = new Map(Object.entries(resources).map(([name, { places }]) => [name, Array<number>(places).fill(0)]));
  const busy = new Map(Object.keys(resources).map((name) => [name, 0]));
  const crowding = (name: string, at: number): number => {
    const others = free.get(name)!.length - 1;
    if (others === 0) return 1;
    const taken = Math.min(others, free.get(name)!.filter((until) => until > at).length);
    return 1 + ((resources[name]!.crowded ?? 1) - 1) * (taken / others);
  };
  const line: Arrival[] = [];
  for (let worker = 0; worker < workers; worker += 1)
    if (sharesOf(worker) > 0) line.push({ at: 0, worker, page: 0, stage: 0 });
  let seconds = 0;
  while (line.length > 0) {
    const { at, worker, page: number, stage } = takeFirst(line);
    const { at: names, only, beside, perPage, perShare, perEvent } = stages[stage]!;
    const passes = only === undefined || number === (only === 'first' ? 0 : pages - 1);
    let end = at;
    if (passes) {
      const places = names.map((name) => free.get(name)!);
      const begun = Math.max(at, ...places.map((each) => Math.min(...each)));
      const work = perPage + sharesOf(worker) * (perShare + perEvent * page);
      const spent = work * Math.max(...names.map((name) => crowding(name, begun)));
      for (const each of places) each[each.indexOf(Math.min(...each))] = begun + spent;
      for (const name of names) busy.set(name, busy.get(name)! + spent);
      seconds = Math.max(seconds, begun + spent);
      if (!beside) end = begun + spent;
    }
    if (stage + 1 < stages.length) line.push({ at: end, worker, page: number, stage: stage + 1 });
    else if (number + 1 < pages) line.push({ at: end, worker, page: number + 1, stage: 0 });
  }
  const share = (name: string) => busy.get(name)! / (seconds * resources[name]!.places);
  return {
    seconds,
    rate: events / seconds,
    busy: Object.fromEntries(Object.keys(resources).map((name) => [name, share(name)])),
  };
}

/** Few workers wait at a time: looking through them is quicker than keeping them in order. */
function takeFirst(line: Arrival[]): Arrival {
  let first = 0;
  for (let index = 1; index < line.length; index += 1) if (line[index]!.at < line[first]!.at) first = index;
  return line.splice(first, 1)[0]!;
}

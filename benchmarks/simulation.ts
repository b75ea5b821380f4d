/** What one page of a worker costs at one place, in seconds: its shares go through the log together. */
export interface Stage {
  /** What it takes a place of, all at once: names of resources. */
  readonly at: readonly string[];
  readonly perPage: number;
  readonly perShare: number;
  /** For every event of the page that a share is about, and every share. */
  readonly perEvent: number;
}

export interface Plan {
  /** How many pages may be at a place at a time: cores, connections, writers. Workers themselves are no resource. */
  readonly resources: Readonly<Record<string, number>>;
  /** What a page passes through, in this order; a worker begins the next page when the last is over. */
  readonly stages: readonly Stage[];
  readonly workers: number;
  /** Pieces that are projected for themselves: read models × partitions. Workers have as many each as is even. */
  readonly shares: number;
  /** Events of the log that go into one page. */
  readonly page: number;
  /** How many of a page's events one share is about, from 0 to 1. */
  readonly own: number;
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
  readonly stage: number;
}

/**
 * Projecting as a queueing network: every worker takes its shares through the log, a page at a time, stage by stage; at a
 * place that is taken it waits in line. Discrete events, first come first served, no chance in it.
 */
export function simulate({ resources, stages, workers, shares, page, own, events }: Plan): Outcome {
  const sharesOf = (worker: number) => Math.floor((shares - worker + workers - 1) / workers);
  const left = Array.from({ length: workers }, (_, worker) => (sharesOf(worker) > 0 ? Math.ceil(events / page) : 0));
  /** When each place of a resource is free again. */
  const free = new Map(Object.entries(resources).map(([name, places]) => [name, Array<number>(places).fill(0)]));
  const busy = new Map(Object.keys(resources).map((name) => [name, 0]));
  const line: Arrival[] = left.flatMap((pages, worker) => (pages > 0 ? [{ at: 0, worker, stage: 0 }] : []));
  let seconds = 0;
  while (line.length > 0) {
    const { at, worker, stage } = takeFirst(line);
    const { at: names, perPage, perShare, perEvent } = stages[stage]!;
    const work = perPage + sharesOf(worker) * (perShare + perEvent * page * own);
    const places = names.map((name) => free.get(name)!);
    const end = Math.max(at, ...places.map((each) => Math.min(...each))) + work;
    for (const each of places) each[each.indexOf(Math.min(...each))] = end;
    for (const name of names) busy.set(name, busy.get(name)! + work);
    seconds = Math.max(seconds, end);
    if (stage + 1 < stages.length) line.push({ at: end, worker, stage: stage + 1 });
    else if ((left[worker]! -= 1) > 0) line.push({ at: end, worker, stage: 0 });
  }
  const share = (name: string) => busy.get(name)! / (seconds * resources[name]!);
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

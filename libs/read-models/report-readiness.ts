import { Unavailable } from '../errors.js';
import type { Generation } from './generation.js';
import type { Rollup } from './rollup.js';

/** Whether a generation holds this report, as this version of it defines its cells. */
export const holdsReport = ({ definition }: Pick<Generation, 'definition'>, { name, version }: Rollup): boolean =>
  definition.split(' ').includes(`${name}@${version}`);

/** The answer to a question to a read model that does not serve yet, with how far it is. */
export function notServing(name: string, generations: readonly Generation[]): Unavailable {
  const last = newest(name, generations);
  if (last?.state === 'failed') {
    return new Unavailable('read-model-failed', `The read model ${name} could not be built: ${last.error}.`, 60, {
      name,
    });
  }
  const position = last?.position ?? 0;
  return new Unavailable('read-model-building', `The read model ${name} is being built.`, 1, { name, position });
}

/** The answer to a question to a report that what serves was built without, or with another version of. */
export function notCounted({ name, of }: Rollup, generations: readonly Generation[]): Unavailable {
  const position = newest(of.name, generations)?.position ?? 0;
  return new Unavailable('report-building', `The report ${name} is being built.`, 1, { report: name, position });
}

/** Of several partitions the one furthest behind. */
function newest(name: string, generations: readonly Generation[]): Generation | undefined {
  const own = generations.filter((each) => each.name === name && each.state !== 'active' && each.state !== 'retained');
  const set = own.filter((each) => each.set === own.at(-1)!.set);
  return set.sort((a, b) => a.position - b.position)[0];
}

import { existsSync, realpathSync } from 'node:fs';
import { fileOf, isFile } from '../../config.js';
import { Invalid, Refusal } from '../../errors.js';
import { START_PATIENCE } from '../../patience.js';
import { esdbAddress } from '../esdb/url.js';
import type { Holder } from '../sqlite/lock.js';
import { EsdbLog } from './esdb-log.js';
import type { MovableLog } from './movable.js';
import { SqliteLog } from './sqlite-log.js';

/**
 * @param role a source must exist
 * @param patience how long to wait for a server that does not answer, in milliseconds
 * @throws Refusal `data-missing` · `data-held` · `store-unreachable`
 */
export async function openMovable(
  url: string,
  role: 'source' | 'target',
  writer: Holder,
  patience = START_PATIENCE,
): Promise<MovableLog> {
  if (!isFile(url)) return EsdbLog.open(url, patience);
  const path = fileOf(url);
  if (role === 'source' && !existsSync(path)) throw new Refusal('data-missing', `There is no log ${path}.`, { path });
  return new SqliteLog(path, writer);
}

/** @throws Invalid `move-onto-itself` · `configuration-invalid` */
export function checkApart(from: string, to: string): void {
  const [one, other] = [from, to].map((url) => {
    if (!isFile(url)) return esdbAddress(url).place.replace(/\?.*/, '');
    const path = fileOf(url);
    return existsSync(path) ? realpathSync(path) : path;
  });
  if (one === other) throw new Invalid('move-onto-itself', `${from} is where the log is already.`);
}

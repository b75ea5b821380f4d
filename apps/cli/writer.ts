import { fileOf } from '../../libs/config.js';
import type { Config } from '../../libs/config.js';
import { holderOf } from '../../libs/event-store/sqlite-lock.js';
import type { Holder } from '../../libs/event-store/sqlite-lock.js';

/** The process that writes to this data. One that was killed leaves its name behind, so it is asked whether it lives. */
export function writerOf({ EVENT_STORE_URL }: Config): Holder | null {
  const holder = holderOf(fileOf(EVENT_STORE_URL));
  return holder && isAlive(holder.pid) ? holder : null;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

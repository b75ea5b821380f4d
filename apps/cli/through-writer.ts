import type { INestApplicationContext } from '@nestjs/common';
import { userInfo } from 'node:os';
import type { Config } from '../../libs/config.js';
import { Refusal } from '../../libs/errors.js';
import { under } from '../../libs/event-store/envelope.js';
import type { Holder } from '../../libs/event-store/sqlite/lock.js';
import { newId } from '../../libs/ids.js';
import { BackgroundProjector } from '../../libs/read-models/building/projector-thread.js';
import { Rebuilds } from '../../libs/read-models/building/rebuilds.js';
import { Switches } from '../../libs/rebuilds/switches.js';
import { caughtUp } from './caught-up.js';
import { unlessAborted, writing } from './contexts.js';
import { RemoteRebuilds } from './remote.js';
import type { Session } from './session.js';

/** Requests of operators about read models, in this process or in the writing one. */
export type Source = Pick<Rebuilds, 'status' | 'rebuild' | 'cancel' | 'rollback'>;

type Work<Result> = (source: Source, faultOf?: () => string | undefined) => Promise<Result>;

/** Runs `work` in this process if no other one writes, otherwise over the API of the writing process. */
export async function throughWriter<Result>(
  config: Config,
  program: string,
  { output, signal }: Session,
  work: Work<Result>,
): Promise<Result> {
  const principal = { id: program.replaceAll(' ', '-'), name: `${nameOfUser()} by ${program}` };
  try {
    return await writing(config, program, signal, (app) => here(app, principal, signal, work));
  } catch (error) {
    const isHeld = error instanceof Refusal && error.code === 'data-held';
    const holder = isHeld ? (error.details['holder'] as Holder | undefined) : undefined;
    if (!holder?.url) throw error;
    output.note(`${holder.program} (process ${holder.pid}) writes to this data: ${program} goes through ${holder.url}`);
    return unlessAborted(signal, work(new RemoteRebuilds(holder.url, principal)));
  }
}

/** Runs `work` in this process, and waits until decisions and their results are recorded and visible. */
async function here<Result>(
  app: INestApplicationContext,
  actor: { readonly id: string; readonly name: string },
  signal: AbortSignal,
  work: Work<Result>,
): Promise<Result> {
  const envelope = { actor, source: 'system', correlationId: newId() } as const;
  const result = await under(envelope, () => work(app.get(Rebuilds), () => app.get(BackgroundProjector).fault));
  await app.get(Switches).look();
  await caughtUp(app, signal);
  return result;
}

function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch (error) {
    // The user has no account entry, as in some containers.
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return `user ${process.getuid?.()}`;
  }
}

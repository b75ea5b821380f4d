import { status } from '@grpc/grpc-js';
import { CallRefused } from './refusals.js';
import type { GroupKey } from './sqlite-groups.js';

/** Error of a group in the words of EventStoreDB, because some clients recognise errors by their text. */
const group = (code: status, key: GroupKey, what: string, exception: string, trailers = {}): CallRefused =>
  new CallRefused(code, `Subscription group ${key.name} on stream ${key.source} ${what}`, exception, {
    'stream-name': key.source,
    'group-name': key.name,
    ...trailers,
  });

export const groupMissing = (key: GroupKey): CallRefused =>
  group(status.NOT_FOUND, key, 'does not exist.', 'persistent-subscription-does-not-exist');

export const groupExists = (key: GroupKey): CallRefused =>
  group(status.ALREADY_EXISTS, key, 'exists.', 'persistent-subscription-exists');

export const groupFull = ({ source, name }: GroupKey): CallRefused =>
  new CallRefused(
    status.FAILED_PRECONDITION,
    `Maximum subscriptions reached for subscription group ${name} on stream ${source}.`,
    'maximum-subscribers-reached',
    { 'stream-name': source, 'group-name': name },
  );

/** Invalid settings. */
export const groupFailed = (key: GroupKey, reason: string): CallRefused =>
  group(status.INTERNAL, key, `failed: '${reason}'`, 'persistent-subscription-failed', { reason });

export const dropped = (key: GroupKey): CallRefused =>
  group(status.CANCELLED, key, 'was dropped.', 'persistent-subscription-dropped');

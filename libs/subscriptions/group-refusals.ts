import { status } from '@grpc/grpc-js';
import { CallRefused } from './refusals.js';
import type { GroupKey } from './sqlite-groups.js';

const group = (code: status, message: string, exception: string, { source, name }: GroupKey): CallRefused =>
  new CallRefused(code, message, exception, { 'stream-name': source, 'group-name': name });

export const groupMissing = (key: GroupKey): CallRefused =>
  group(
    status.NOT_FOUND,
    `There is no group ${key.name} on ${key.source}.`,
    'persistent-subscription-does-not-exist',
    key,
  );

export const groupExists = (key: GroupKey): CallRefused =>
  group(
    status.ALREADY_EXISTS,
    `The group ${key.name} on ${key.source} is there.`,
    'persistent-subscription-exists',
    key,
  );

export const groupFull = (key: GroupKey): CallRefused =>
  group(
    status.FAILED_PRECONDITION,
    `The group ${key.name} on ${key.source} takes no more consumers.`,
    'maximum-subscribers-reached',
    key,
  );

export const dropped = (key: GroupKey): CallRefused =>
  group(
    status.CANCELLED,
    `The group ${key.name} on ${key.source} has let go of its consumers.`,
    'persistent-subscription-dropped',
    key,
  );

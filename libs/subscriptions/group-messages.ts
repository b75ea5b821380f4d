import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import type shared from '@eventstore/db-client/generated/shared_pb.js';
import { LOG } from './consumer-group.js';
import type { ConsumerGroup } from './consumer-group.js';
import { nameOf } from './event-messages.js';
import { groupFailed } from './group-refusals.js';
import { notUnderstood } from './refusals.js';
import { filterOf, safe } from './read-request.js';
import type { Place } from './read-request.js';
import type { GroupKey, GroupSettings, Strategy } from './sqlite-groups.js';

const STRATEGIES: readonly Strategy[] = ['DispatchToSingle', 'RoundRobin', 'Pinned'];
const NAMED: readonly Strategy[] = [...STRATEGIES, 'PinnedByCorrelation', 'KeyOrdered'];
/** Some clients send this revision for the end of a stream. */
const LAST = String(2n ** 64n - 1n);
const TICKS_PER_MILLISECOND = 10_000;

/** How requests name the source of a group: a stream, given directly or in nested options, or the whole log. */
interface KeyMessage {
  getGroupName(): string;
  hasAll(): boolean;
  getStreamIdentifier(): shared.StreamIdentifier | undefined;
  getStream?(): { getStreamIdentifier(): shared.StreamIdentifier | undefined } | undefined;
}

/** @throws CallRefused when the group or its source is not named */
export function keyOf(options: KeyMessage | undefined): GroupKey {
  const name = options?.getGroupName() ?? '';
  const stream = options?.getStream?.()?.getStreamIdentifier() ?? options?.getStreamIdentifier();
  const source = options?.hasAll() ? LOG : nameOf(stream);
  if (name === '' || source === '') throw notUnderstood('It does not say which group is meant.');
  return { source, name };
}

/** @throws CallRefused for missing or invalid settings */
export function settingsOf(
  key: GroupKey,
  options: persistent.CreateReq.Options | persistent.UpdateReq.Options,
): GroupSettings {
  const settings = options.getSettings();
  if (!settings) throw notUnderstood('A group has settings.');
  if (settings.getReadBatchSize() >= settings.getHistoryBufferSize()) {
    throw groupFailed(key, 'readBatchSize may not be greater than or equal to bufferSize');
  }
  const all = options.getAll();
  const filter = all && 'getFilter' in all ? all.getFilter() : undefined;
  return {
    from: placeOf(options),
    ...(filter && { filter: filterOf(filter).terms }),
    strategy: strategyOf(key, settings),
    resolveLinks: settings.getResolveLinks(),
    extraStatistics: settings.getExtraStatistics(),
    messageTimeout: settings.hasMessageTimeoutTicks()
      ? safe(settings.getMessageTimeoutTicks()) / TICKS_PER_MILLISECOND
      : settings.getMessageTimeoutMs(),
    maxRetries: settings.getMaxRetryCount(),
    checkpointAfter: settings.hasCheckpointAfterTicks()
      ? safe(settings.getCheckpointAfterTicks()) / TICKS_PER_MILLISECOND
      : settings.getCheckpointAfterMs(),
    minCheckpoint: settings.getMinCheckpointCount(),
    maxCheckpoint: Math.max(1, settings.getMaxCheckpointCount()),
    maxConsumers: settings.getMaxSubscriberCount(),
    liveBuffer: settings.getLiveBufferSize(),
    readBatch: settings.getReadBatchSize(),
    historyBuffer: settings.getHistoryBufferSize(),
  };
}

function placeOf(options: persistent.CreateReq.Options | persistent.UpdateReq.Options): Place {
  const all = options.getAll();
  if (all?.hasPosition()) return safe(all.getPosition()!.getCommitPosition());
  if (all) return all.hasEnd() ? 'end' : 'start';
  const stream = options.getStream();
  if (stream && !stream.hasRevision()) return stream.hasEnd() ? 'end' : 'start';
  // Clients that support older servers send the revision among the settings.
  const revision = stream?.getRevision() ?? options.getSettings()!.getRevision();
  return revision === LAST ? 'end' : safe(revision);
}

function strategyOf(key: GroupKey, settings: persistent.CreateReq.Settings | persistent.UpdateReq.Settings): Strategy {
  const named = 'getConsumerStrategy' in settings ? settings.getConsumerStrategy() : '';
  const number: number = settings.getNamedConsumerStrategy();
  const strategy = named === '' ? STRATEGIES[number] : NAMED.find((each) => each === named);
  if (!strategy) throw groupFailed(key, `Consumer strategy ${named || number} does not exist.`);
  return strategy;
}

/** Status of a group, as clients show it. */
export function infoMessage(group: ConsumerGroup): persistent.SubscriptionInfo {
  const { source, name, settings, checkpoint, seen, figures } = group;
  const place = (at: number) => (source === LOG ? `C:${at}/P:${at}` : String(at));
  const known = (at: number) => (at < (source === LOG ? 1 : 0) ? '' : place(at));
  const given = figures.members.reduce((sum, member) => sum + member.given, 0);
  return new persistent.SubscriptionInfo()
    .setEventSource(source)
    .setGroupName(name)
    .setStatus('Live')
    .setConnectionsList(figures.members.map(connectionMessage))
    .setTotalItems(String(given))
    .setCountSinceLastMeasurement('0')
    .setLastCheckpointedEventPosition(known(checkpoint))
    .setLastKnownEventPosition(known(seen))
    .setResolveLinkTos(settings.resolveLinks)
    .setStartFrom(place(settings.from === 'start' ? 0 : settings.from === 'end' ? -1 : settings.from))
    .setMessageTimeoutMilliseconds(settings.messageTimeout)
    .setExtraStatistics(settings.extraStatistics)
    .setMaxRetryCount(settings.maxRetries)
    .setLiveBufferSize(settings.liveBuffer)
    .setBufferSize(settings.historyBuffer)
    .setReadBatchSize(settings.readBatch)
    .setCheckPointAfterMilliseconds(settings.checkpointAfter)
    .setMinCheckPointCount(settings.minCheckpoint)
    .setMaxCheckPointCount(settings.maxCheckpoint)
    .setReadBufferCount(figures.fresh)
    .setLiveBufferCount('0')
    .setRetryBufferCount(figures.again)
    .setTotalInFlightMessages(figures.held)
    .setOutstandingMessagesCount(figures.held)
    .setNamedConsumerStrategy(settings.strategy)
    .setMaxSubscriberCount(settings.maxConsumers)
    .setParkedMessageCount(String(figures.parked));
}

const connectionMessage = ({ consumer, held, given, free }: ConsumerGroup['figures']['members'][number]) =>
  new persistent.SubscriptionInfo.ConnectionInfo()
    .setFrom(consumer.from)
    .setUsername(consumer.user)
    .setConnectionName(consumer.name)
    .setTotalItems(String(given))
    .setCountSinceLastMeasurement('0')
    .setAvailableSlots(free)
    .setInFlightMessages(held);

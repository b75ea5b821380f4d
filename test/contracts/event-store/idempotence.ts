import { expect, it } from '@jest/globals';
import { EventIdTaken, WrongExpectedRevision } from '../../../libs/event-store/event-store.js';
import type { ExpectedRevision } from '../../../libs/event-store/event-store.js';
import { event, events, wholeLog } from '../../support/events.js';
import type { Tested } from '../event-store.contract.js';
import { wrongRevision } from './appending.js';

/** A stream with five events, of which the two in the middle are sent again. */
async function fiveEvents({ store }: Tested) {
  const before = events(2);
  const again = events(2);
  await store.append('customer-1', 'any', before);
  const answer = await store.append('customer-1', 1, again);
  await store.append('customer-1', 3, events(1));
  return { before, again, answer };
}

/** EventStoreDB's rules. */
export function idempotence(on: Tested): void {
  /** A known id where the stream stands: an engine that is a client is told so by the endpoint, as a fault of the request. */
  const refusedAsKnown = async (appended: Promise<unknown>) => {
    const refusal = await appended.then(
      (answer) => ({ answer }),
      (error: unknown) => error,
    );
    if (on.ids === 'everywhere' || refusal instanceof WrongExpectedRevision) expect(refusal).toEqual(wrongRevision(4));
    else expect(String(refusal)).toMatch(/has an event with one of these ids already/);
  };
  const places: [ExpectedRevision, boolean][] = [
    [1, true],
    ['any', true],
    ['stream-exists', true],
    ['no-stream', false],
    [0, false],
    [2, false],
  ];
  const sentAgain = async (expected: ExpectedRevision, repeated: boolean) => {
    const { again, answer } = await fiveEvents(on);
    const appended = on.store.append('customer-1', expected, again);
    if (repeated) expect(await appended).toEqual(answer);
    else if (expected === 4) await refusedAsKnown(appended);
    else await expect(appended).rejects.toEqual(wrongRevision(4));
    expect(await wholeLog(on.store)).toHaveLength(5);
    expect(on.store.recorded).toBe(5);
  };
  it.each(places)('the same events expecting %s: answered as then %s', sentAgain);
  // Servers take what fits behind the end of its stream for new.
  on.alone('the same events expecting the end of their stream: refused', () => sentAgain(4, false));

  it('the events that created a stream, expecting none', async () => {
    const first = events(2);
    const answer = await on.store.append('customer-1', 'no-stream', first);
    await on.store.append('customer-1', 1, events(1));
    expect(await on.store.append('customer-1', 'no-stream', first)).toEqual(answer);
    await expect(on.store.append('customer-1', 'no-stream', [...first, event()])).rejects.toEqual(wrongRevision(2));
    expect(await wholeLog(on.store)).toHaveLength(3);
  });

  it.each<ExpectedRevision>(['any', 1])('part of the same events expecting %s', async (expected) => {
    const { again } = await fiveEvents(on);
    const position = (await on.store.find('customer-1', again[0]!.id))?.position;
    const part = on.store.append('customer-1', expected, again.slice(0, 1));
    expect(await part).toEqual({ revision: 2, position });
  });

  it('the same events with another among them or behind them are refused', async () => {
    const { again } = await fiveEvents(on);
    const [first, second] = again as [ReturnType<typeof event>, ReturnType<typeof event>];
    for (const mixed of [
      [first, event(), second],
      [first, second, event()],
    ]) {
      await expect(on.store.append('customer-1', 'any', mixed)).rejects.toEqual(wrongRevision(4));
      await expect(on.store.append('customer-1', 1, mixed)).rejects.toEqual(wrongRevision(4));
    }
    for (const moved of [
      [event(), first, second],
      [second, first],
    ]) {
      await expect(on.store.append('customer-1', 1, moved)).rejects.toEqual(wrongRevision(4));
    }
    expect(await wholeLog(on.store)).toHaveLength(5);
  });

  // Servers look at the first id only, and at none when the expected revision is the last.
  on.alone('the same events in another order, or where they do not lie, are refused whatever is expected', async () => {
    const { before, again } = await fiveEvents(on);
    const [first, second] = again as [ReturnType<typeof event>, ReturnType<typeof event>];
    for (const moved of [
      [event(), first, second],
      [second, first],
      [before[0]!, second],
    ]) {
      await refusedAsKnown(on.store.append('customer-1', 'any', moved));
      await refusedAsKnown(on.store.append('customer-1', 4, moved));
    }
    for (const mixed of [
      [first, event(), second],
      [first, second, event()],
    ]) {
      await refusedAsKnown(on.store.append('customer-1', 4, mixed));
    }
    expect(await wholeLog(on.store)).toHaveLength(5);
  });

  it('an id is never stored twice in one append', async () => {
    const twice = event();
    await expect(on.store.append('customer-1', 'any', [twice, twice])).rejects.toEqual(wrongRevision(-1));
    expect(await wholeLog(on.store)).toEqual([]);
  });

  it('an id that another stream holds is refused where the engine can tell, and is its own in each stream where not', async () => {
    const twice = event();
    await on.store.append('customer-1', 'any', [twice]);
    for (const expected of ['any', 'no-stream'] as const) {
      const again = on.store.append('customer-2', expected, [twice]);
      if (on.ids === 'everywhere') await expect(again).rejects.toEqual(new EventIdTaken('customer-2', twice.id));
      else expect(await again).toMatchObject({ revision: 0 });
    }
    const streams = on.ids === 'everywhere' ? ['customer-1'] : ['customer-1', 'customer-2'];
    expect((await wholeLog(on.store)).map(({ stream }) => stream)).toEqual(streams);
    for (const stream of streams) expect(await on.store.find(stream, twice.id)).toMatchObject({ stream, revision: 0 });
  });

  it('the same append sent many times at once is written once', async () => {
    const sent = events(3);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => on.store.append('customer-1', 'no-stream', sent)),
    );
    expect(new Set(answers.map(({ position }) => position)).size).toBe(1);
    expect(await wholeLog(on.store)).toHaveLength(3);
  });

  it('is recognised after the store was closed', async () => {
    const sent = events(2);
    const answer = await on.store.append('customer-1', 'no-stream', sent);
    await on.reopen();
    expect(await on.store.append('customer-1', 'no-stream', sent)).toEqual(answer);
  });

  it('finds an event by its id, in its own stream', async () => {
    const sent = event('Found', { here: true });
    await on.store.append('customer-1', 'any', [event(), sent]);
    expect(await on.store.find('customer-1', sent.id)).toMatchObject({
      id: sent.id,
      revision: 1,
      data: { here: true },
    });
    expect(await on.store.find('customer-2', sent.id)).toBeUndefined();
    expect(await on.store.find('customer-1', event().id)).toBeUndefined();
  });
}

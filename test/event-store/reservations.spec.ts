import { afterEach, describe, expect, it } from '@jest/globals';
import { Refusal, Unavailable } from '../../libs/errors.js';
import { decider } from '../../libs/event-store/decider.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import { staleAmong, reservation, RESERVED_SECONDS } from '../../libs/event-store/reservations.js';
import { wholeLog } from '../support/events.js';
import {
  account,
  as,
  clock,
  deposit,
  OneByOneStore,
  others,
  OwnStore,
  SharedStore,
  store,
  streams,
  use,
} from './accounts.js';

/** A room with two seats, and guests that sit in one room each. */
type RoomEvents = { SeatTaken: { guest: string }; SeatLeft: { guest: string } };
type GuestEvents = { Seated: { room: string }; Left: Record<string, never> };
type Room = ReadonlyMap<string, string>;
interface Guest {
  readonly room: string | null;
}

const SEATS = 2;

const room = decider<Room, RoomEvents>({
  category: 'room',
  initial: new Map(),
  evolve: {
    SeatTaken: (seats, { guest }, at) => new Map([...seats, [guest, at]]),
    SeatLeft: (seats, { guest }) => new Map([...seats].filter(([each]) => each !== guest)),
  },
});

const seat = (roomId: string, guest: string) =>
  reservation(room, roomId, {
    async take(seats, asked): Promise<EventOf<RoomEvents>[]> {
      if (seats.has(guest)) return [];
      const stale = await staleAmong(seats, asked);
      if (seats.size - stale.length >= SEATS) throw new Refusal('room-full', 'No seat is left.');
      return [...stale.map((each) => left(each)), { type: 'SeatTaken', data: { guest } }];
    },
    free: (seats) => (seats.has(guest) ? [left(guest)] : []),
  });

const left = (guest: string) => ({ type: 'SeatLeft', data: { guest } }) as const;

const guest = decider<Guest, GuestEvents>({
  category: 'guest',
  initial: { room: null },
  reserves: (state, id) => (state.room === null ? [] : [seat(state.room, id)]),
  evolve: {
    Seated: (_, data) => ({ room: data.room }),
    Left: () => ({ room: null }),
  },
});

const sit = (roomId: string, id: string, by = streams, commandId?: string) =>
  as(commandId === undefined ? {} : { commandId }, () =>
    by.decide(guest, id, (state) => (state.room === roomId ? [] : [{ type: 'Seated', data: { room: roomId } }]), {
      roomId,
      id,
    }),
  );
const leave = (id: string, by = streams) =>
  as({}, () => by.decide(guest, id, (state) => (state.room === null ? [] : [{ type: 'Left', data: {} }])));

const log = async () => (await wholeLog(store)).map(({ stream, type }) => `${stream} ${type}`);
const seats = async (roomId: string) => [...(await streams.load(room, roomId)).state.keys()];
const codes = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
  outcomes.flatMap((each) => (each.status === 'rejected' ? [(each.reason as { code?: string }).code] : []));

afterEach(() => store.close());

describe.each([
  ['a log of its own', OwnStore],
  ['a log that others write to', SharedStore],
  ['a log that appends to one stream at a time', OneByOneStore],
])('reserving on %s', (_, Store) => {
  it('takes what a decision needs ahead of it, and gives back what it needs no longer behind it', async () => {
    use(Store);
    await sit('red', 'ada');
    await sit('blue', 'ada');
    await leave('ada');
    expect(await log()).toEqual([
      'room-red SeatTaken',
      'guest-ada Seated',
      'room-blue SeatTaken',
      'guest-ada Seated',
      'room-red SeatLeft',
      'guest-ada Left',
      'room-blue SeatLeft',
    ]);
    const [taken, seated] = await wholeLog(store);
    expect(taken!.metadata.commandId).toBe(seated!.metadata.commandId);
  });

  it('leaves nothing behind when nothing is left', async () => {
    use(Store);
    await sit('red', 'ada');
    await sit('red', 'bob');
    const before = await log();
    await expect(sit('red', 'eve')).rejects.toMatchObject({ code: 'room-full' });
    expect(await log()).toEqual(before);
  });

  it('gives what there is to as many as it is enough for, however many ask at once', async () => {
    use(Store);
    const guests = Array.from({ length: 24 }, (__, index) => `guest${index}`);
    const outcomes = await Promise.allSettled(guests.map((id) => sit('red', id)));
    expect(codes(outcomes)).toEqual(Array.from({ length: 22 }, () => 'room-full'));
    expect(await seats('red')).toHaveLength(SEATS);
    expect(await log()).toHaveLength(2 * SEATS);
  });

  it('gives a seat that is left to another one', async () => {
    use(Store);
    await sit('red', 'ada');
    await sit('red', 'bob');
    await leave('ada');
    await sit('red', 'eve');
    expect(await seats('red')).toEqual(['bob', 'eve']);
  });

  it('answers the same command once', async () => {
    use(Store);
    const answer = await sit('red', 'ada', streams, 'key');
    expect(await sit('red', 'ada', streams, 'key')).toEqual(answer);
    expect(await sit('red', 'ada', others, 'key')).toEqual(answer);
    expect(await log()).toHaveLength(2);
  });
});

describe('facts that a rule is told', () => {
  const richEnough = (id: string, by = streams) =>
    as({}, () =>
      by.decide(account, id, async (state, _, facts) => {
        const { state: bank } = await facts.load(account, 'bank');
        if (bank.balance < 10) throw new Refusal('bank-poor', 'The bank has too little.');
        return deposit(1)(state);
      }),
    );

  it.each([OwnStore, SharedStore])('still hold when its events are recorded: %p', async (Store) => {
    use(Store);
    await as({}, () => streams.decide(account, 'bank', deposit(10)));
    let rounds = 0;
    store.meanwhile = async () => {
      store.meanwhile = undefined;
      rounds += 1;
      await as({}, () => others.decide(account, 'bank', deposit(-5)));
    };
    await expect(richEnough('1')).rejects.toMatchObject({ code: 'bank-poor' });
    expect(rounds).toBe(1);
    expect(await log()).toEqual(['account-bank Deposited', 'account-bank Deposited']);
  });

  it('may change in what the rule does not mind: it decides again', async () => {
    use(SharedStore);
    await as({}, () => streams.decide(account, 'bank', deposit(10)));
    store.meanwhile = async () => {
      store.meanwhile = undefined;
      await as({}, () => others.decide(account, 'bank', deposit(5)));
    };
    expect(await richEnough('1')).toMatchObject({ revision: 0 });
  });

  it('of two that are told of each other, the second is told what the first did', async () => {
    use(OwnStore);
    const first = (id: string, other: string) =>
      as({}, () =>
        streams.decide(account, id, async (state, _, facts) => {
          const { state: them } = await facts.load(account, other);
          if (them.balance > 0) throw new Refusal('too-late', 'The other was first.');
          return deposit(1)(state);
        }),
      );
    for (let round = 0; round < 20; round += 1) {
      const outcomes = await Promise.allSettled([first(`a${round}`, `b${round}`), first(`b${round}`, `a${round}`)]);
      expect(codes(outcomes)).toEqual(['too-late']);
    }
  });
});

describe('where the log appends to one stream at a time', () => {
  const server = () => store as OneByOneStore;

  it('gives back what was reserved for a decision that is refused in the end', async () => {
    use(OneByOneStore);
    const once = (stream: string) => {
      if (stream !== 'room-red') return Promise.resolve();
      server().written = undefined;
      return sit('blue', 'ada', others);
    };
    server().written = once;
    const outcome = as({}, () =>
      streams.decide(guest, 'ada', (state) => {
        if (state.room !== null) throw new Refusal('seated', 'Has a seat.');
        return [{ type: 'Seated', data: { room: 'red' } }];
      }),
    );
    await expect(outcome).rejects.toMatchObject({ code: 'seated' });
    expect(await seats('red')).toEqual([]);
    expect(await seats('blue')).toEqual(['ada']);
  });

  it('leaves a seat alone for a while whose guest may still come, then gives it to another', async () => {
    use(OneByOneStore);
    clock.time = '2026-05-01T10:00:00.000Z';
    await sit('red', 'bob');
    server().written = (stream) =>
      stream === 'room-red'
        ? Promise.reject(new Unavailable('store-unavailable', 'The program ends here.', 5))
        : Promise.resolve();
    await expect(sit('red', 'ada')).rejects.toMatchObject({ code: 'store-unavailable' });
    server().written = undefined;
    expect(await seats('red')).toEqual(['bob', 'ada']);
    await expect(sit('red', 'eve', others)).rejects.toMatchObject({ code: 'room-full' });
    clock.advance((RESERVED_SECONDS + 1) * 1_000);
    await sit('red', 'eve', others);
    expect(await seats('red')).toEqual(['bob', 'eve']);
    await expect(sit('red', 'ada')).rejects.toMatchObject({ code: 'room-full' });
  });

  it('answers what was recorded although others change what is given back behind it', async () => {
    use(OneByOneStore);
    await sit('red', 'ada');
    server().written = async (stream) => {
      if (stream !== 'guest-ada') return;
      server().written = undefined;
      await sit('red', 'bob', others);
    };
    const leaving = as({ expectedRevision: [0] }, () =>
      streams.decide(guest, 'ada', ({ room: from }) => {
        if (from === null) throw new Refusal('standing', 'Has no seat.');
        return [{ type: 'Left', data: {} }];
      }),
    );
    expect(await leaving).toMatchObject({ revision: 1 });
    expect(await seats('red')).toEqual(['bob']);
    expect((await log()).filter((each) => each === 'guest-ada Left')).toHaveLength(1);
  });

  it('gives nothing back that the next decision on the same stream counts on', async () => {
    use(OneByOneStore);
    server().written = async (stream) => {
      if (stream !== 'room-red') return;
      server().written = undefined;
      await as({}, () => others.decide(guest, 'ada', () => [{ type: 'Left', data: {} }]));
    };
    let attempts = 0;
    let next: Promise<unknown> | undefined;
    const first = as({}, () =>
      streams.decide(guest, 'ada', () => {
        attempts += 1;
        if (attempts === 1) return [{ type: 'Seated', data: { room: 'red' } }];
        // The next decision begins while this one gives back what it had reserved.
        store.slow = new Promise((go) => setTimeout(go, 200));
        setTimeout(() => (next = sit('red', 'ada')), 20);
        throw new Refusal('standing', 'Stays where it is.');
      }),
    );
    await expect(first).rejects.toMatchObject({ code: 'standing' });
    await next;
    expect((await streams.load(guest, 'ada')).state).toEqual({ room: 'red' });
    expect(await seats('red')).toEqual(['ada']);
  });
});

describe('reservations that are looked through for stale ones', () => {
  const now = '2026-03-01T09:00:00.000Z';
  const old = '2026-03-01T08:00:00.000Z';

  it('are read some at a time, and only where they are old enough', async () => {
    const reserved = Array.from(
      { length: 500 },
      (_, index) => [`guest-${index}`, index % 5 === 0 ? now : old] as const,
    );
    const asked: string[] = [];
    let [reading, most] = [0, 0];
    const stale = await staleAmong(reserved, {
      now,
      holds: async (id) => {
        asked.push(id);
        most = Math.max(most, (reading += 1));
        await new Promise(setImmediate);
        reading -= 1;
        return id !== 'guest-1' && id !== 'guest-499';
      },
    });
    expect(stale).toEqual(['guest-1', 'guest-499']);
    expect(asked).toHaveLength(400);
    expect(most).toBe(50);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { until } from '../support/until.js';

const clock = new TestClock('2026-01-05T09:00:00.000Z');
let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ clock });
});
afterAll(() => app.stop());

interface Stay {
  readonly customerId: string;
  readonly segmentId: string;
  readonly since: string;
  readonly isIn: boolean;
  readonly inputs: readonly { name: string; value: unknown }[];
  readonly left: { readonly at: string; readonly because: string } | null;
}

let count = 0;
const customer = async (more: object = {}): Promise<string> =>
  (await app.done('/customers', { name: `Customer ${(count += 1)}`, kind: 'org', ...more })).id;
const define = async (name: string, ...allOf: object[]): Promise<string> =>
  (await app.done('/segments', { name, anyOf: [{ allOf }] })).id;
const read = async <Answer>(url: string): Promise<Answer> => {
  const { status, body } = await app.get(url);
  expect({ url, status }).toEqual({ url, status: 200 });
  return body as unknown as Answer;
};
const stays = async (segmentId: string, more = ''): Promise<readonly Stay[]> =>
  (await read<{ items: Stay[] }>(`/segment-stays?segment=${segmentId}&sort=since${more}`)).items;
const members = async (segmentId: string): Promise<string[]> =>
  (await read<{ items: { customerId: string }[] }>(`/customers?segment=${segmentId}&sort=registered`)).items.map(
    ({ customerId }) => customerId,
  );
const has = (segmentId: string, ...customers: string[]) =>
  until(async () => JSON.stringify(await members(segmentId)) === JSON.stringify(customers));

describe('a segment over HTTP', () => {
  it('has the customers that are there when it is defined, those that come to fit, and no others', async () => {
    const [fits, not] = [await customer({ tags: ['Premium'] }), await customer({ tags: ['other'] })];
    const segmentId = await define('Premium', { field: 'tag', is: ['premium'] });
    await has(segmentId, fits);
    await app.done(`/customers/${not}/tags`, { tag: 'premium' });
    await has(segmentId, fits, not);
    await app.done(`/customers/${fits}/tags/remove`, { tag: 'Premium' });
    await has(segmentId, not);
    expect(await stays(segmentId)).toMatchObject([
      { customerId: fits, isIn: false, inputs: [{ name: 'tag', value: ['Premium'] }], left: { because: 'conditions' } },
      { customerId: not, isIn: true, left: null },
    ]);
    await until(async () => (await read<{ members: number }>(`/segments/${segmentId}`)).members === 1);
    const profile = await read<{ segments: object[] }>(`/customers/${not}`);
    expect(profile.segments).toMatchObject([{ segmentId, version: 1 }]);
    const history = await read<{ entries: { type: string; actor: { id: string } }[] }>(`/customers/${fits}/history`);
    expect(history.entries.at(-1)).toMatchObject({ type: 'SegmentMemberLeft', rule: { name: 'segments-of-customer' } });
  });

  it('is followed by the clock, and answers about any day who belonged to it', async () => {
    const id = await customer({ tags: ['watched'] });
    const segmentId = await define(
      'Quiet',
      { field: 'tag', is: ['watched'] },
      { field: 'days-since-interaction', atLeast: 30, atMost: 59 },
    );
    await app.done(`/customers/${id}/interactions`, { channel: 'call', direction: 'inbound', summary: 'asked' });
    await until(async () => (await read<{ interactions: number }>(`/customers/${id}`)).interactions === 1);
    expect(await stays(segmentId)).toEqual([]);
    clock.time = '2026-02-20T09:00:00.000Z';
    await has(segmentId, id);
    clock.time = '2026-04-01T09:00:00.000Z';
    await has(segmentId);
    expect(await stays(segmentId)).toMatchObject([
      { since: '2026-02-04T00:00:00.000Z', left: { at: '2026-03-06T00:00:00.000Z' } },
    ]);
    const then = await read<{ items: object[] }>(`/customers?segment=${segmentId}&asOf=2026-02-10`);
    expect(then.items).toMatchObject([{ customerId: id }]);
    const moves = await read<{ rows: object[] }>(
      `/reports/segment-movement?by=customerSegment,month&customerSegment=${segmentId}`,
    );
    expect(moves.rows).toMatchObject([
      { month: '2026-02', entered: 1, left: 0, members: 1 },
      { month: '2026-03', entered: 0, left: 1, members: 0 },
    ]);
  });

  it('loses who is put away or merged, and everybody when it is given up', async () => {
    const [stays_, gone, merged] = [
      await customer({ tags: ['three'] }),
      await customer({ tags: ['three'] }),
      await customer({ tags: ['three'] }),
    ];
    const segmentId = await define('Three', { field: 'tag', is: ['three'] });
    await has(segmentId, stays_, gone, merged);
    await app.done(`/customers/${gone}/archive`, { reason: 'a mistake' });
    await app.done(`/customers/${merged}/merge-into`, { survivorId: stays_, reason: 'the same' });
    await has(segmentId, stays_);
    await app.done(`/segments/${segmentId}/retire`);
    await has(segmentId);
    const reasons = (await stays(segmentId)).map(({ left }) => left?.because).toSorted();
    expect(reasons).toEqual(['customer-gone', 'customer-gone', 'segment-retired']);
  });

  it('can be tried, now or as of a day, without a trace', async () => {
    const id = await customer({ tags: ['tried'], region: 'coast' });
    clock.time = '2026-05-01T09:00:00.000Z';
    await app.done(`/customers/${id}/details`, { region: 'inland' });
    const conditions = [
      { field: 'tag', is: ['tried'] },
      { field: 'region', is: ['coast'] },
    ];
    const tried = async (more: object) =>
      (await app.post('/what-if/segment', { anyOf: [{ allOf: conditions }], ...more })).body;
    expect(await tried({})).toMatchObject({ totals: { members: 0 }, members: [] });
    expect(await tried({ asOf: '2026-04-15' })).toMatchObject({
      totals: { members: 1 },
      members: [{ customerId: id, inputs: [{ name: 'tag' }, { name: 'region', value: ['coast'] }] }],
    });
    expect((await app.get('/segments?name=tried')).body).toMatchObject({ items: [] });
    expect(await app.post('/what-if/segment', { anyOf: [{ allOf: [{ field: 'tag', atLeast: 1 }] }] })).toMatchObject({
      status: 422,
      body: { code: 'segment-invalid', unmet: [{ field: 'anyOf.0.allOf.0.atLeast' }] },
    });
  });

  it('is not asked for where there is none', async () => {
    const nobody = '01970000-0000-7000-8000-00000000dead';
    for (const url of [`/customers?segment=${nobody}`, `/segment-stays?segment=${nobody}`]) {
      expect(await app.get(url)).toMatchObject({ status: 404, body: { code: 'segment-unknown' } });
    }
    expect(await app.get(`/segments/${nobody}`)).toMatchObject({ status: 404, body: { code: 'segment-unknown' } });
    const owner = [{ field: 'owner', is: [nobody] }];
    expect(await app.post('/segments', { name: 'Theirs', anyOf: [{ allOf: owner }] })).toMatchObject({
      status: 422,
      body: { code: 'reference-unknown' },
    });
  });
});

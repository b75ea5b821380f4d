import { api, done } from './asking.js';

/** Segments, defined, defined anew and given up. */
export async function segments() {
  const vips = { anyOf: [{ allOf: [{ field: 'tag' as const, is: ['vip'] }] }] };
  await done(api.POST('/what-if/segment', { body: vips }));
  const { id: segmentId } = await done(api.POST('/segments', { body: { name: 'VIPs', ...vips } }));
  const params = { path: { segmentId } };
  const quiet = { anyOf: [{ allOf: [{ field: 'days-since-interaction' as const, atLeast: 90 }] }] };
  await done(api.POST('/segments/{segmentId}/definition', { params, body: { name: 'Quiet', ...quiet } }));
  await done(api.POST('/segments/{segmentId}/retire', { params }));
}

import { expect, it } from '@jest/globals';
import { throttled } from '../../libs/processes/throttled-log.js';

it('what lasts is said once a minute, with how often it was', () => {
  const said: [string, object][] = [];
  let now = 0;
  const report = throttled(
    (what, details) => said.push([what, details]),
    () => now,
  );
  for (let second = 0; second < 150; second += 1) {
    now = second * 1_000;
    report('checkpoint not kept', { position: second });
    if (second === 30) report('reaction waits', { position: second });
  }
  expect(said).toEqual([
    ['checkpoint not kept', { position: 0 }],
    ['reaction waits', { position: 30 }],
    ['checkpoint not kept', { position: 60, sinceLastSaid: 59 }],
    ['checkpoint not kept', { position: 120, sinceLastSaid: 59 }],
  ]);
});

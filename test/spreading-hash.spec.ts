import { expect, it } from '@jest/globals';
import { spreadingHash } from '../libs/spreading-hash.js';

it('stays as it is, since what is stored lies where it says', () => {
  const texts = ['', 'a', '018ccb7a-f680-7266-9331-3fb2b7f6efab', 'Çağlayan', '漢字', '😀'];
  expect(texts.map(spreadingHash)).toEqual([
    2_872_998_923, 444_641_715, 1_618_780_406, 2_295_061_595, 920_954_693, 1_787_143_206,
  ]);
});

it('spreads ids that differ in their last letters only', () => {
  const counts = Array<number>(7).fill(0);
  for (let index = 0; index < 70_000; index += 1)
    counts[spreadingHash(`018ccb7a-f680-7266-9331-${index.toString(16).padStart(12, '0')}`) % 7]! += 1;
  // Five standard deviations of a fair draw.
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(10_000 * (6 / 7)));
});

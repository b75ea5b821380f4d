import { Clock } from '../../libs/clock.js';
import { addMilliseconds } from '../../libs/time.js';
import { past } from './given.js';

/** A clock that stands until a test moves it, forwards or back. */
export class TestClock extends Clock {
  constructor(public time: string = past) {
    super();
  }

  now(): string {
    return this.time;
  }

  advance(milliseconds: number): void {
    this.time = addMilliseconds(this.time, milliseconds);
  }
}

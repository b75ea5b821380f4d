import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { TooMany } from '../errors.js';

/** Forms whose limits are held; that of another form begins anew when it is used again. */
const MOST_FORMS = 1_000;

/**
 * Counts the submissions of each form by the address that they come from. The counts lie in the memory of this process: each process
 * of an installation counts its own, and a restart begins anew.
 */
@Injectable()
export class SubmissionRates {
  readonly #limits = new LRUCache<string, RateLimiterMemory>({ max: MOST_FORMS });

  /** @throws TooMany `submissions-too-many` */
  async count(formId: string, perMinute: number, address: string): Promise<void> {
    const limit = this.#limits.get(formId) ?? new RateLimiterMemory({ points: perMinute, duration: 60 });
    this.#limits.set(formId, limit);
    try {
      await limit.consume(address);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1_000));
      throw new TooMany('submissions-too-many', 'This address has sent the form too often: wait a while.', seconds);
    }
  }
}

import { expect } from '@jest/globals';
import type { TestApp } from './app.js';

/** What a test makes over HTTP, by name; reads wait until they show it. */
export class Made {
  readonly ids: Record<string, string> = {};
  /** Of the last event that a read has to show. */
  position = 0;

  constructor(private readonly app: () => TestApp) {}

  readonly make = async (name: string, url: string, body: object): Promise<void> => {
    const { id, position } = await this.app().done(url, body);
    this.ids[name] = id;
    this.position = position;
  };

  readonly read = async <Answer>(url: string): Promise<Answer> => {
    const asked = `${url}${url.includes('?') ? '&' : '?'}after=${this.position}`;
    const { status, body } = await this.app().get(asked);
    expect([asked, status]).toEqual([asked, 200]);
    return body as unknown as Answer;
  };
}

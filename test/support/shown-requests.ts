import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { TestApp } from './app.js';

/**
 * Sends the requests that a page of the documentation shows, in its order; words in capitals stand for ids, and ids of what is made are
 * remembered under the words behind the arrow.
 * @returns how many there are
 */
export async function sendShown(page: string, app: TestApp, ids: Map<string, string>): Promise<number> {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  const requests = [...text.matchAll(/^`POST (\S+)`(?: → (\w+))?[^\n]*\n\n```json\n(.*?)\n```/gms)];
  const filled = (shown: string) => shown.replace(/\b[A-Z]{4,}\b/g, (word) => ids.get(word) ?? word);
  let token = '';
  for (const [, path, makes, body] of requests) {
    const headers: Record<string, string> = path!.endsWith('/submissions') ? { 'x-form-token': token } : {};
    const answer = await app.post(filled(path!), filled(body!), headers);
    expect([path, answer.status < 300, answer.body]).toEqual([path, true, answer.body]);
    if (makes !== undefined) ids.set(makes, String(answer.body['id']));
    token = (answer.body['token'] as string | undefined) ?? token;
  }
  return requests.length;
}

import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

type Money = components['schemas']['MoneyBody'];

export const api = createClient<paths>({ baseUrl: process.argv[2]! });

interface Refused {
  readonly code: string;
  readonly detail: string;
}

/** The answer to a command that has to succeed. */
export async function done<Data>(asked: Promise<{ data?: Data; error?: Refused; response: Response }>): Promise<Data> {
  const { data, error, response } = await asked;
  if (data === undefined) throw new Error(`${response.status} ${response.url}: ${error?.code} ${error?.detail}`);
  return data;
}

/** Of a command that has nothing to do here: refused by a rule, not for its form. */
export async function refused(code: string, asked: Promise<{ error?: Refused; response: Response }>): Promise<void> {
  const { error, response } = await asked;
  if (error?.code !== code) throw new Error(`${response.status} ${response.url}: ${error?.code}, not ${code}`);
}

export const euro = (amount: number): Money => ({ amount, currency: 'EUR' });
export const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
export const dayIn = (days: number) => inDays(days).slice(0, 10);
export const reason = 'So that every command is used.';

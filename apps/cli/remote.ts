import { Refusal } from '../../libs/errors.js';
import type { GenerationStatus, ProjectionStatus, Rebuilds } from '../../libs/read-models/rebuilds.js';

/** Read models as the process that writes offers them over HTTP; the same questions as in one's own process. */
export class RemoteRebuilds implements Pick<Rebuilds, 'status' | 'rebuild'> {
  /** @param url where its API listens */
  constructor(private readonly url: string) {}

  async status(): Promise<readonly ProjectionStatus[]> {
    return (await this.#ask('GET', '/projections')) as readonly ProjectionStatus[];
  }

  async rebuild(name: string): Promise<GenerationStatus> {
    return (await this.#ask('POST', `/projections/${encodeURIComponent(name)}/rebuild`)) as GenerationStatus;
  }

  async #ask(method: 'GET' | 'POST', path: string): Promise<unknown> {
    let response: Response;
    try {
      response = await fetch(new URL(path, this.url), { method, headers: { 'x-principal': 'annals-rebuild' } });
    } catch (error) {
      const { cause, message } = error as Error;
      throw new Refusal(
        'server-unreachable',
        `${this.url} does not answer: ${cause instanceof Error ? cause.message : message}.`,
        {
          url: this.url,
        },
      );
    }
    const answer = (await response.json()) as Record<string, unknown>;
    if (response.ok) return answer;
    const { code, detail, type: _, title, status, ...details } = answer;
    throw new ServerRefusal(String(code), String(detail ?? title), details, Number(status));
  }
}

/** What the server refused, as it said it: the code is one of its own. */
class ServerRefusal extends Refusal {}

import { Refusal } from '../../libs/errors.js';
import type { GenerationStatus, ProjectionStatus, Rebuilds } from '../../libs/read-models/building/rebuilds.js';

/** Read models as the process that writes offers them over HTTP; the same questions as in one's own process. */
export class RemoteRebuilds implements Pick<Rebuilds, 'status' | 'rebuild' | 'cancel' | 'rollback'> {
  /**
   * @param url where its API listens
   * @param principal recorded with what is asked for
   */
  constructor(
    private readonly url: string,
    private readonly principal: { readonly id: string; readonly name: string },
  ) {}

  async status(): Promise<readonly ProjectionStatus[]> {
    return (await this.#ask('GET', '/projections')) as readonly ProjectionStatus[];
  }

  rebuild(name: string): Promise<GenerationStatus> {
    return this.#changed(name, 'rebuild');
  }

  cancel(name: string): Promise<GenerationStatus> {
    return this.#changed(name, 'cancel');
  }

  rollback(name: string): Promise<GenerationStatus> {
    return this.#changed(name, 'rollback');
  }

  async #changed(name: string, how: string): Promise<GenerationStatus> {
    return (await this.#ask('POST', `/projections/${encodeURIComponent(name)}/${how}`)) as GenerationStatus;
  }

  async #ask(method: 'GET' | 'POST', path: string): Promise<unknown> {
    let response: Response;
    try {
      response = await fetch(new URL(path, this.url), {
        method,
        headers: { 'x-principal': this.principal.id, 'x-principal-name': this.principal.name },
      });
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

import { list, part, text, whole } from '../commands/fields.js';
import { LeadModel, ModelFailed } from './lead-model.js';
import type { Asked, ModelScore } from './lead-model.js';

/** Largest answer in bytes. */
const LARGEST = 64 * 1_024;

const answerForm = part({
  score: whole(0, 100),
  factors: list(part({ name: text(100), points: whole(-100, 100) }), { most: 50 }),
  modelVersion: text(100),
});

/** A model that is asked over HTTP: JSON in a POST, JSON in the answer. It follows no redirects, and gives up after a time. */
export class HttpLeadModel extends LeadModel {
  /**
   * @param url empty where there is none
   * @param seconds for the whole answer
   */
  constructor(
    private readonly url: string,
    private readonly seconds: number,
  ) {
    super();
  }

  get isThere(): boolean {
    return this.url !== '';
  }

  async score(asked: Asked): Promise<ModelScore> {
    if (!this.isThere) throw new ModelFailed('missing', 'LEAD_MODEL_URL is empty');
    const answer = await this.#answer(JSON.stringify(asked));
    const { data, error } = answerForm.safeParse(answer);
    if (error) throw new ModelFailed('invalid', error.issues.map(({ path }) => path.join('.') || 'answer').join(', '));
    return data;
  }

  async #answer(body: string): Promise<unknown> {
    const signal = AbortSignal.timeout(this.seconds * 1_000);
    let response: Response | undefined;
    let written: string;
    try {
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      response = await fetch(this.url, { method: 'POST', headers, body, redirect: 'manual', signal });
      if (response.status >= 300 && response.status < 400)
        throw new ModelFailed('redirect', `status ${response.status}`);
      if (!response.ok) throw new ModelFailed('status', `status ${response.status}`);
      written = await textOf(response);
    } catch (error) {
      await response?.body?.cancel().catch(() => undefined);
      if (error instanceof ModelFailed) throw error;
      throw new ModelFailed(signal.aborted ? 'timeout' : 'unreachable', (error as Error).message);
    }
    try {
      return JSON.parse(written);
    } catch {
      throw new ModelFailed('invalid', 'the answer is no JSON');
    }
  }
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > LARGEST) throw new ModelFailed('too-large', `more than ${LARGEST} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

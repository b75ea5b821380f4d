import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp } from '../support/app.js';

/** Names of many scripts as people write them and search for them, and what else a list has to get right, on any engine. */
export function names(start: () => Promise<TestApp>): void {
  let app: TestApp;
  const ids: Record<string, string> = {};
  let position = 0;

  async function make(url: string, body: object): Promise<string> {
    const done = await app.done(url, body);
    position = done.position;
    return done.id;
  }

  async function named(url: string): Promise<string[]> {
    const { body } = await app.get(`${url}${url.includes('?') ? '&' : '?'}after=${position}`);
    return (body['items'] as unknown as { name: string }[]).map(({ name }) => name);
  }

  const searched = (text: string) => named(`/customers?text=${encodeURIComponent(text)}`);
  const customers = [
    'Zebra',
    'Ärzte',
    'Arzt',
    'Apfel',
    'Großmann',
    'İstanbul Lojistik',
    'Café Nord',
    '北京华润有限公司',
  ];

  beforeAll(async () => {
    app = await start();
    for (const name of customers) ids[name] = await make('/customers', { name, kind: 'org' });
    await make(`/customers/${ids.Zebra}/tags`, { tag: 'Großkunde' });
    ids.company = await make('/org-units', { name: 'Company', kind: 'company', level: 'senior' });
    ids.seat = await make('/positions', { title: 'Seller', orgUnitId: ids.company, headcount: 9 });
    ids.ada = await make('/employees', { name: 'Ada First', positionId: ids.seat });
    const stages = [
      { id: 'talk', name: 'Talk', probability: 10 },
      { id: 'won', name: 'Won', kind: 'won' },
      { id: 'lost', name: 'Lost', kind: 'lost' },
    ];
    for (const name of ['zulu', 'Äquator', 'Alpha']) ids[name] = await make('/pipelines', { name, stages });
  }, 30_000);

  afterAll(() => app.stop());

  describe('names', () => {
    it.each([
      ['华润', '北京华润有限公司'],
      ['北京华润有限公司', '北京华润有限公司'],
      ['GROSSMANN', 'Großmann'],
      ['großmann', 'Großmann'],
      ['istanbul', 'İstanbul Lojistik'],
      ['ISTANBUL', 'İstanbul Lojistik'],
      ['Cafe\u0301', 'Café Nord'],
      ['ｃａｆé', 'Café Nord'],
      ['ze\u200bbra', 'Zebra'],
    ])('are found by %j: %s', async (text, name) => {
      expect(await searched(text)).toEqual([name]);
    });

    it('stand beside those that differ in marks', async () => {
      const sorted = [
        'Apfel',
        'Arzt',
        'Ärzte',
        'Café Nord',
        'Großmann',
        'İstanbul Lojistik',
        'Zebra',
        '北京华润有限公司',
      ];
      expect(await named('/customers')).toEqual(sorted);
      expect(await named('/customers?sort=-name')).toEqual(sorted.toReversed());
      expect(await named('/pipelines')).toEqual(['Alpha', 'Äquator', 'zulu']);
    });

    it('of tags are one, however they are written', async () => {
      expect(await named(`/customers?tag=${encodeURIComponent('GROSSKUNDE')}`)).toEqual(['Zebra']);
      const { revision } = await app.done(`/customers/${ids.Zebra}/tags`, { tag: 'großkunde ' });
      expect(revision).toBe(1);
      const removed = await app.done(`/customers/${ids.Zebra}/tags/remove`, { tag: 'Grosskunde' });
      expect(removed.revision).toBe(2);
      const { body } = await app.get(`/customers/${ids.Zebra}?after=${removed.position}`);
      expect(body['tags']).toEqual([]);
    });

    it.each([
      ['Cafe\u0301 Nord', 'Café Nord'],
      ['GROSSMANN', 'Großmann'],
      ['istanbul  lojistik', 'İstanbul Lojistik'],
      ['ärzte\u200b', 'Ärzte'],
      ['ＺＥＢＲＡ', 'Zebra'],
    ])('are those of possible duplicates: %j, %s', async (name, known) => {
      expect(await app.post('/customers', { name, kind: 'org' })).toMatchObject({
        status: 409,
        body: { code: 'possible-duplicate', candidates: [ids[known]] },
      });
    });

    it('of units are told apart from those beside them', async () => {
      const unit = { kind: 'team', level: 'middle', parentId: ids.company };
      await make('/org-units', { ...unit, name: 'Straße’s  Team' });
      expect(await app.post('/org-units', { ...unit, name: "STRASSE'S TEAM\u200b" })).toMatchObject({
        status: 422,
        body: { code: 'org-name-taken' },
      });
    });

    it.each(['\u200b', '\u3164', '\u00a0\u2060'])('that cannot be seen are refused: %j', async (name) => {
      for (const [url, body] of [
        ['/customers', { name, kind: 'org' }],
        ['/org-units', { name, kind: 'team', level: 'middle', parentId: ids.company }],
        ['/employees', { name, positionId: ids.seat }],
        [`/customers/${ids.Zebra}/tags`, { tag: name }],
      ] as const) {
        expect(await app.post(url, body)).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
      }
    });

    it('of mailboxes hide nothing', async () => {
      for (const value of ['kim\u200b@example.org', 'kim@exam\u00adple.org', 'kim@example.org\u2060']) {
        const body = { name: 'Kim', channels: [{ kind: 'email', value }] };
        expect(await app.post(`/customers/${ids.Zebra}/contacts`, body)).toMatchObject({
          status: 400,
          body: { code: 'validation-failed' },
        });
      }
    });
  });

  describe('phone numbers', () => {
    it('are recorded in E.164', async () => {
      const { position: at } = await app.done(`/customers/${ids.Apfel}/details`, { phone: '+49 (0)30 123456' });
      const { body } = await app.get(`/customers/${ids.Apfel}?after=${at}`);
      expect(body['details']).toMatchObject({ phone: '+4930123456' });
    });

    it('that cannot be are refused', async () => {
      for (const phone of ['030 123456', '+49 11', '+999 123456', '+49 30 123456 ext. 7', 'unknown']) {
        expect(await app.post('/customers', { name: 'Phones', kind: 'org', phone })).toMatchObject({
          status: 422,
          body: { code: 'phone-invalid', field: 'phone' },
        });
      }
      const body = { name: 'Kim', channels: [{ kind: 'phone', value: '030 123456' }] };
      expect(await app.post(`/customers/${ids.Apfel}/contacts`, body)).toMatchObject({
        status: 422,
        body: { code: 'contact-invalid', unmet: [{ code: 'phone-invalid', field: 'channels' }] },
      });
    });
  });

  describe('what has no value', () => {
    it('comes last in both directions, page by page', async () => {
      const base = { pipelineId: ids.Alpha, ownerId: ids.ada };
      const eur = (amount: number) => ({ amount: { amount, currency: 'EUR' } });
      for (const [name, more] of Object.entries({
        none: {},
        early: { expectedCloseOn: '2031-01-01', ...eur(0) },
        late: { expectedCloseOn: '2031-02-01', ...eur(200) },
        never: {},
        middle: { expectedCloseOn: '2031-01-15', ...eur(100) },
      })) {
        await make('/opportunities', { ...base, ...more, name });
      }
      const inPages = async (sort: string) => {
        const found: string[] = [];
        for (let cursor: string | undefined; ;) {
          const { body } = await app.get(
            `/opportunities?sort=${sort}&limit=2&after=${position}${cursor ? `&cursor=${cursor}` : ''}`,
          );
          found.push(...(body['items'] as unknown as { name: string }[]).map(({ name }) => name));
          cursor = body['next'];
          if (cursor === undefined) return found;
        }
      };
      for (const order of ['closeOn', 'amount']) {
        expect(await inPages(order)).toEqual(['early', 'middle', 'late', 'none', 'never']);
        expect(await inPages(`-${order}`)).toEqual(['late', 'middle', 'early', 'never', 'none']);
      }
    });
  });

  describe('customers that were put away', () => {
    it('are listed when they are asked for', async () => {
      const id = await make('/customers', { name: 'Mistake', kind: 'org' });
      await make(`/customers/${id}/archive`, { reason: 'typed twice' });
      expect(await named('/customers')).not.toContain('Mistake');
      expect(await searched('mistake')).toEqual([]);
      expect(await named('/customers?archived=true')).toContain('Mistake');
      expect(await named('/customers?status=archived')).toEqual(['Mistake']);
      expect(await named('/customers?text=mistake&archived=true')).toEqual(['Mistake']);
      const again = await make('/customers', { name: 'mistake', kind: 'org' });
      await make(`/customers/${again}/archive`, { reason: 'typed twice again' });
    });
  });
}

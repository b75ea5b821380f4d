import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { folder } from '../support/folder.js';
import { logProgram } from '../support/log-program.js';
import type { LogProgram } from '../support/log-program.js';
import { mongoServer } from '../support/mongo-server.js';
import type { MongoServer } from '../support/mongo-server.js';
import { base, files } from '../import/samples.js';
import { flow } from './flow.js';
import { names } from './names.js';

/* The same whole flows wherever the log and the read models are. Both servers run in processes of their own. */

let mongo: MongoServer;
let log: LogProgram | undefined;
let databases = 0;

beforeAll(async () => {
  mongo = await mongoServer();
}, 180_000);
afterAll(() => mongo.stop());
const stopLog = async () => {
  await log?.stop();
  log = undefined;
};

interface Engines {
  readonly EVENT_STORE_URL?: string;
  readonly READ_MODELS_URL?: string;
}

async function engines(onServer: { readonly log: boolean; readonly readModels: boolean }): Promise<Engines> {
  if (onServer.log) log = await logProgram(join(folder(), 'events.db'));
  databases += 1;
  return {
    ...(log && { EVENT_STORE_URL: log.url }),
    ...(onServer.readModels && { READ_MODELS_URL: mongo.database(`engines_${databases}`) }),
  };
}

const combinations = [
  { log: false, readModels: false },
  { log: true, readModels: false },
  { log: false, readModels: true },
  { log: true, readModels: true },
];
const nameOf = ({ log, readModels }: (typeof combinations)[number]) =>
  `the log ${log ? 'on a server' : 'embedded'}, read models ${readModels ? 'on a server' : 'embedded'}`;

// All embedded is what every other run of the flow is about.
describe.each(combinations.slice(1).map((each) => [nameOf(each), each] as const))('%s', (_, onServer) => {
  flow(async (clock) => {
    const app = await TestApp.start({ clock, ...(await engines(onServer)) });
    await built(app);
    return app;
  });
  // Behind the end of the program, which records what it has not recorded yet.
  afterAll(stopLog);
});

describe.each(combinations.slice(1).map((each) => [nameOf(each), each] as const))('lists with %s', (_, onServer) => {
  names(async () => {
    const app = await TestApp.start(await engines(onServer));
    await built(app);
    return app;
  });
  afterAll(stopLog);
});

describe('an import', () => {
  const place = folder();
  beforeEach(() => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
    writeFileSync(join(place, 'mapping.json'), JSON.stringify(base));
  });
  afterEach(stopLog);

  const hashes: Record<string, Record<string, string>> = {};
  it.each(combinations.map((each) => [nameOf(each), each] as const))(
    'comes to the same read models with %s',
    async (name, onServer) => {
      const env = { ...process.env, ...(await engines(onServer)) };
      const data = ['--data', folder()];
      const annals = <Answer>(...given: string[]) => answerOf<Answer>([...given, ...data, '--json'], env);
      const { rows } = await annals<{ rows: object }>('import', join(place, 'mapping.json'), place);
      expect(rows).toMatchObject({ rejected: 0 });
      const { rebuilt } = await annals<{ rebuilt: { name: string; hash: string }[] }>('rebuild', '--all');
      hashes[name] = Object.fromEntries(rebuilt.map((each) => [each.name, each.hash]));
      expect(rebuilt.length).toBeGreaterThan(10);
      expect(hashes[name]).toEqual(Object.values(hashes)[0]);
    },
    240_000,
  );
});

/** Before read models have been built for the first time nobody is told anything; making collections takes a while. */
async function built(app: TestApp): Promise<void> {
  const building = async () =>
    ((await app.get('/projections')).body as unknown as { active: unknown }[]).some(({ active }) => active === null);
  while (await building()) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** What the built program answers. */
function answerOf<Answer>(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Answer> {
  const main = join(import.meta.dirname, '../../dist/apps/cli/main.js');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], { env });
  let [said, complained] = ['', ''];
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (complained += chunk));
  return new Promise((settle, reject) => {
    child.on('close', (code) => {
      if (code === 0) settle(JSON.parse(said) as Answer);
      else reject(new Error(`${args.join(' ')} ended with ${code}: ${complained}`));
    });
  });
}

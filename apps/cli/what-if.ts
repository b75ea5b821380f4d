import { readFile } from 'node:fs/promises';
import { checked } from '../../libs/commands/form.js';
import type { Form } from '../../libs/commands/fields.js';
import { Invalid } from '../../libs/errors.js';
import type { Output } from './output.js';

/** What is tried, as a file holds it. @throws Invalid `file-not-json` · `validation-failed` */
export async function givenIn(file: string, form: Form): Promise<unknown> {
  const text = await readFile(file, 'utf8');
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new Invalid('file-not-json', `${file} does not hold JSON.`, { file });
  }
  return checked(form, given, 'file');
}

/** One document that is written bit by bit, for a log may have very many customers. */
export async function customersAsJson(
  output: Output,
  run: (each: (customer: object) => Promise<void>) => Promise<object>,
): Promise<void> {
  let before = '{"customers":[';
  const totals = await run(async (customer) => {
    await output.part(`${before}\n${JSON.stringify(customer)}`);
    before = ',';
  });
  await output.part(`${before === ',' ? '' : before}\n],"totals":${JSON.stringify(totals)}}\n`);
}

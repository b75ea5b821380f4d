import { expect, it } from '@jest/globals';
import { convert } from '../../libs/import/conversions.js';
import type { Form } from '../../libs/import/conversions.js';

const id = '01970000-0000-7000-8000-00000000dead';
it.each([id, id.toUpperCase()])('a cell with the id %s means the thing of this id', (text) => {
  expect(convert(text, { is: 'ref' }, {} as Form)).toBe(id);
});

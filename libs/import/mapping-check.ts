import type { Mapping } from './mapping.js';
export const checkedMapping = (m: unknown): Mapping => m as Mapping;

import type { Define } from './program.js';
export const define: Define = (command) => { command.action(() => undefined); };

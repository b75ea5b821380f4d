import { isFile } from '../../libs/config.js';
import { Refusal } from '../../libs/errors.js';
import { project } from '../program/project.js';
import { configOf } from './contexts.js';
import type { Common } from './options.js';
import type { Define } from './session.js';

export const define: Define = (command, begin) => {
  command.action(async (options: Common) => {
    const { output, signal } = begin(options);
    const config = configOf(options);
    if (isFile(config.READ_MODELS_URL)) {
      throw new Refusal(
        'worker-needs-server',
        'Read models in a file are kept up by the program that writes the log; workers share those on a server: READ_MODELS_URL=mongodb://HOST/DATABASE.',
      );
    }
    output.note(`projecting as one of any number of workers, in ${config.PARTITIONS} partitions for each read model`);
    await project(config, { signal });
  });
};

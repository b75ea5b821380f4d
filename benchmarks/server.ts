import { Module } from '@nestjs/common';
import { AppModule } from '../apps/program/app.module.js';
import { createHttp, listen } from '../apps/program/http.js';
import { running } from '../apps/program/running.js';
import { NoProjector } from './query-bus.js';
import { NoOpModule } from './no-op.module.js';
import { answerProcessorTime } from './processor-time.js';
import { configFor } from './workspace.js';

@Module({})
class Benched {}

/** Serves the program, with a route that does nothing beside the others, until its parent lets go. */
const [folder = '', projecting] = process.argv.slice(2);
const begun = running(configFor(folder), 'bench');
const parts = projecting === 'projecting' ? begun : { ...begun, projecting: () => new NoProjector() };
const root = { module: Benched, imports: [AppModule.forRoot(parts), NoOpModule] };
const app = await createHttp(parts, root);
process.on('message', answerProcessorTime);
process.send?.({ url: await listen(app) });
process.once('disconnect', () => void app.close());

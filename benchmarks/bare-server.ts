import { fastify } from 'fastify';
import { answerProcessorTime } from './processor-time.js';

/** A bare route of the server library: parses the same body and answers in the same form, with nothing of the program in between. */
const app = fastify();
app.post('/bare/:customerId/interactions', async ({ params }) => ({
  id: (params as { readonly customerId: string }).customerId,
  revision: 0,
  position: 0,
}));
process.on('message', answerProcessorTime);
process.once('disconnect', () => void app.close());
process.send?.({ url: await app.listen({ host: '127.0.0.1', port: 0 }) });

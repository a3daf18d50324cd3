// An error after a response has begun can't be answered any more: the client has to see that the response is incomplete.
import { once } from 'node:events';
import express from 'express';
import { expect, it } from 'vitest';
import { answerError } from '../../src/http/errors.ts';

it('cuts the connection when a handler fails after its response has begun', async () => {
  const app = express();
  app.get('/', (_request, response) => {
    response.write('{"success":');
    throw new Error('too late');
  });
  app.use(answerError);
  // Express prints what it can't answer.
  app.set('env', 'test');
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow('terminated');
  server.close();
});

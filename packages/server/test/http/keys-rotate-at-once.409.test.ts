import { expect, it } from 'vitest';
import { z } from 'zod';
import { request } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();

it('rotates a key once for concurrent requests without overlap', async () => {
  const { id: customerId, apiKey } = await makeCustomer(platform, { scopes: ['manage'] });
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
  const post = (path: string, body: string) =>
    request(platform, `/api/v1/keys${path}`, { method: 'POST', headers, body });
  const atOnce = Array.from({ length: 16 });

  // The first ones only open connections, and so come one after the other.
  for (let round = 0; round < 5; round++) {
    const { id } = z.object({ id: z.string() }).parse((await post('', '{}')).body);
    const answers = await Promise.all(atOnce.map(() => post(`/${id}/rotate`, '{"overlapHours":0}')));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted((one, other) => one - other)).toEqual([201, ...atOnce.slice(1).map(() => 409)]);
  }
  const keys = platform.database.kysely.selectFrom('api_keys').select('id').where('customer_id', '=', customerId);
  expect(await keys.execute()).toHaveLength(11);
});

// The client against a platform that limits it.
import { expect, it } from 'vitest';
import { makeCustomer, startTestPlatform } from '@rsolv/test-harness/platform';
import * as client from '../../src/index.ts';

it('waits for as long as the platform asks it to, and then succeeds', async () => {
  await using platform = await startTestPlatform({ rateLimits: { perKey: 1 }, windowSeconds: 1 });
  const { apiKey, name } = await makeCustomer(platform);
  const retries: client.RetryEvent[] = [];
  const made = client.createClient({ apiKey, baseUrl: platform.url, onRetry: (event) => retries.push(event) });
  // The first is refused only where it takes a whole window; then the second is as good as it.
  while (retries.length === 0) expect(await made.whoami.query()).toMatchObject({ customer: { name } });
  expect(retries[0]).toMatchObject({
    delayMs: 1000,
    error: { name: 'RateLimitedError', code: 'RATE_LIMITED', status: 429 },
  });
});

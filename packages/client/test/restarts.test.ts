// createClient goes on until its timeout where nothing answers: a server takes some seconds to start.
import { describe, expect, it } from 'vitest';
import { ConnectionError, createClient } from '../src/index.ts';
import { failureOf } from './harness/failure-of.ts';
import { deadUrl } from './harness/scripted-server.ts';

/** A platform that refuses connections as often as this, and then answers. */
const startingAfter = (refusals: number) => {
  let left = refusals;
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  return async () => {
    if (left-- > 0) throw new TypeError('fetch failed', { cause: refused });
    return Response.json({ result: { data: { json: { is: 'me' } } } });
  };
};
const apiKey = 'the-key';

describe('createClient', () => {
  it('retries more often than three times where nothing listens', async () => {
    const client = createClient({ apiKey, fetch: startingAfter(20), retryDelayMs: () => 1 });
    expect(await client.whoami.query()).toEqual({ is: 'me' });
  });

  it('keeps to maxRetries where it is given', async () => {
    const client = createClient({ apiKey, fetch: startingAfter(20), retryDelayMs: () => 1, maxRetries: 5 });
    expect(await failureOf(client.whoami.query())).toBeInstanceOf(ConnectionError);
  });

  it('says what happened, and not only that the time is up', async () => {
    const client = createClient({ apiKey, baseUrl: await deadUrl(), timeoutMs: 1500, retryDelayMs: () => 100 });
    expect((await failureOf(client.whoami.query())).message).toContain('ECONNREFUSED');
  });

  it('gives up on a host that does not exist as on other failures', async () => {
    const missing = Object.assign(new Error('getaddrinfo ENOTFOUND no.example'), { code: 'ENOTFOUND' });
    let attempts = 0;
    const fetch = async () => {
      attempts++;
      throw new TypeError('fetch failed', { cause: missing });
    };
    await failureOf(createClient({ apiKey, fetch, retryDelayMs: () => 1 }).whoami.query());
    expect(attempts).toBe(4);
  });
});

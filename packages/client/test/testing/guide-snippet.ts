import assert from 'node:assert/strict';
import { createClient } from '@rsolv/client';
import { createTestingPlatform } from '@rsolv/client/testing';

const platform = createTestingPlatform();
const acme = platform.addCustomer({ namespaces: ['acme'] });
const client = createClient({ apiKey: acme.apiKey, baseUrl: platform.baseUrl, fetch: platform.fetch });

await client.phases.store.mutate({
  phase: 'scan',
  repo: 'acme/shop',
  commitSha: '692f480',
  data: { vulnerabilities: [] },
});
assert.equal(platform.executions[0]?.phase, 'scan');

// An outage: the next two requests get 503, and the client retries.
platform.goAway({ requests: 2, as: 503 });
assert.deepEqual(await client.phases.retrieve.query({ repo: 'acme/shop', commit: '692f480' }), {
  scan: { vulnerabilities: [] },
});

// A refusal: the key is revoked.
acme.revokeApiKey();
await assert.rejects(client.whoami.query(), { code: 'API_KEY_REVOKED' });

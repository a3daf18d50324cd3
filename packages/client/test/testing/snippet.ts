import assert from 'node:assert/strict';
import { createClient, PhaseDataClient } from '@rsolv/client';
import { createTestingPlatform } from '@rsolv/client/testing';

const platform = createTestingPlatform();
const { fetch, baseUrl } = platform;
const acme = platform.addCustomer({ namespaces: ['acme'] });

// What the code under test stores can be looked at, …
const action = new PhaseDataClient(acme.apiKey, baseUrl, { fetch });
const scan = { vulnerabilities: [{ type: 'xss', file: 'a.js' }] };
await action.storePhaseResults('scan', { scan }, { repo: 'acme/shop', commitSha: '692f480' });
assert.equal(platform.executions[0]?.phase, 'scan');
assert.deepEqual(platform.executions[0].data, scan);

// … and how it bears a platform that is away,
const client = createClient({ apiKey: acme.apiKey, baseUrl, fetch });
platform.goAway({ requests: 2, as: 503 });
const found = await client.phases.retrieve.query({ repo: 'acme/shop', commit: '692f480' });
assert.deepEqual(found, { scan });

// or one that refuses.
acme.revokeApiKey();
await assert.rejects(client.whoami.query(), { code: 'API_KEY_REVOKED' });

import { deepEqual, equal, rejects } from 'node:assert/strict';
import { createClient, ForgeAccountMissingError, PhaseDataClient } from '@rsolv/client';
import { createTestingPlatform, type StoredExecution, type TestingPlatform } from '@rsolv/client/testing';
import { commitSha } from './setting.js';

/** Steps of a program that is tested against a platform in memory. */
export const testingSteps: Record<string, () => Promise<void>> = {
  'has a platform in memory': async () => {
    const platform: TestingPlatform = createTestingPlatform({ now: () => new Date('2026-01-31T12:00:00Z') });
    const { baseUrl, fetch } = platform;
    const { apiKey, revokeApiKey } = platform.addCustomer({ namespaces: ['acme', 'gitlab:acme/backend'] });
    const client = createClient({ apiKey, baseUrl, fetch });
    const large = { vulnerabilities: Array.from({ length: 2000 }, (_, line) => ({ type: 'größer ☃', line })) };
    platform.goAway({ requests: 1, as: 503 });
    await client.phases.store.mutate({ phase: 'scan', repo: 'acme/shop', commitSha, data: large });
    deepEqual(await client.phases.retrieve.query({ repo: 'ACME/Shop', commit: commitSha }), { scan: large });
    const denied = client.phases.retrieve.query({ repo: 'strangers/shop', commit: commitSha });
    await rejects(denied, ForgeAccountMissingError);

    const action = new PhaseDataClient(apiKey, baseUrl, { fetch });
    const metadata = { forge: 'gitlab' as const, repo: 'acme/backend/api', issueNumber: 42, commitSha };
    const { storage } = await action.storePhaseResults('validate', { validate: { 42: { validated: true } } }, metadata);
    equal(storage, 'platform');
    const [scan, validation]: readonly StoredExecution[] = platform.executions;
    equal(scan?.completedAt?.toISOString(), '2026-01-31T12:00:00.000Z');
    deepEqual(validation?.derived, { validated: true, vulnerabilities_found: 0 });
    revokeApiKey();
    await rejects(client.whoami.query(), { code: 'API_KEY_REVOKED' });
  },
};

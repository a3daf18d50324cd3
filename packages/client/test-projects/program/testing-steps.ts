import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import {
  PhaseDataClient,
  createClient,
  isRsolvError,
  type ForgeType as ClientForgeType,
  type RetrieveOptions,
} from '@rsolv/client';
import {
  createTestingPlatform,
  type ForgeType,
  type Outage,
  type Scope,
  type StoredExecution,
  type StoredMitigation,
  type StoredScan,
  type StoredValidation,
  type TestingCustomer,
  type TestingCustomerOptions,
  type TestingKeyOptions,
  type TestingPlatform,
  type TestingPlatformOptions,
} from '@rsolv/client/testing';
import { commitSha } from './setting.js';

const scopes: readonly Scope[] = ['phases:read', 'phases:write'];
const testedForge: ForgeType = 'gitlab';
const forge: ClientForgeType = testedForge;

/** One line for each result. */
function summarize(execution: StoredExecution): string {
  const ofScan = ({ derived }: StoredScan) => `${derived.vulnerabilities_count} findings`;
  const ofValidation = ({ derived }: StoredValidation) => (derived.validated ? 'validated' : 'not validated');
  const ofMitigation = ({ derived }: StoredMitigation) => `pull request ${derived.pr_number ?? 'unknown'}`;
  if (execution.phase === 'scan') return ofScan(execution);
  return execution.phase === 'validation' ? ofValidation(execution) : ofMitigation(execution);
}

/** Steps of somebody who tests code that is built on the client. */
export const testingSteps: Record<string, () => Promise<void>> = {
  'is tested on a platform in memory': async () => {
    const options: TestingPlatformOptions = { baseUrl: 'https://rsolv.example' };
    const platform: TestingPlatform = createTestingPlatform(options);
    const { fetch, baseUrl } = platform;
    const key: TestingKeyOptions = { scopes };
    const wanted: TestingCustomerOptions = { ...key, namespaces: ['acme'] };
    const acme: TestingCustomer = platform.addCustomer(wanted);
    acme.addForgeAccount('gitlab:acme-group');
    acme.verifyForgeAccount('gitlab:acme-group');

    const action = new PhaseDataClient(acme.apiKey, baseUrl, { fetch, retryDelayMs: () => 1 });
    const validate = { 'issue-42': { validated: true } };
    const where: RetrieveOptions = { forge };
    const metadata = { repo: 'acme-group/sub/shop', issueNumber: 42, commitSha, forge };
    const outage: Outage = { requests: 1, as: 'answer lost' };
    platform.goAway(outage);
    equal((await action.storePhaseResults('validate', { validate }, metadata)).storage, 'platform');
    const known = await action.retrievePhaseResults(metadata.repo, 42, commitSha, where);
    deepEqual(known, { validation: validate, validate });
    deepEqual(platform.executions.map(summarize), ['validated']);

    acme.revokeApiKey();
    await rejects(createClient({ apiKey: acme.apiKey, baseUrl, fetch }).whoami.query(), (thrown: unknown) => {
      ok(isRsolvError(thrown));
      return thrown.code === 'API_KEY_REVOKED';
    });
  },
};

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodBody, retrieve, store } from '../harness/calls.ts';
import { makeCustomer, startTestPlatform, type TestCustomer, type TestPlatform } from '../harness/platform.ts';

let platform: TestPlatform;
let customer: TestCustomer;

beforeAll(async () => {
  platform = await startTestPlatform();
  customer = await makeCustomer(platform);
});
afterAll(() => platform[Symbol.asyncDispose]());

const own = { validated: true, vulnerabilities: [{ type: 'xss', line: 3 }] };
const fix = { prUrl: 'https://github.com/RSOLV-dev/demo/pull/7', fixes: [{ file: 'a.js' }] };
const scan = { vulnerabilities: [{ type: 'xss', severity: 'high' }] };

describe('every layout stores the same', () => {
  it.each([
    ['scan, direct', 'scan', 'scan', scan, scan],
    ['scan, by phase', 'scan', 'scan', { scan }, scan],
    ['validation, direct', 'validation', 'validation', own, own],
    ['validation, by phase', 'validation', 'validation', { validation: own }, own],
    ["validation, by the action's name", 'validate', 'validation', { validate: own }, own],
    ['validation, by phase and issue', 'validation', 'validation', { validation: { 'issue-42': own } }, own],
    ['validation, by name and number', 'validate', 'validation', { validate: { 42: own, 43: {} }, scan }, own],
    [
      'mitigation, direct',
      'mitigation',
      'mitigation',
      fix,
      { ...fix, pr_url: fix.prUrl, pr_number: 7, files_changed: 1 },
    ],
  ])('%s', async (_name, phase, canonical, data, expected) => {
    const { namespace } = customer;
    const repo = `${namespace}/${_name.replaceAll(/\W/g, '-')}`;
    const stored = await store(platform, customer, goodBody(customer, { phase, repo, data }));
    expect(stored.body).toEqual({ success: true, id: expect.any(String), phase: canonical });
    const { body } = await retrieve(platform, customer, { repo, issue: '42', commit: goodBody(customer).commitSha });
    expect(body).toEqual({ [canonical]: canonical === 'scan' ? expected : { 'issue-42': expected } });
  });
});

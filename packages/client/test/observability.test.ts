// The rest of the action's class: transitions, trust, and what it writes to look at later.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PhaseDataClient } from '../src/index.ts';
import { enterWorkspace, type Workspace } from './harness/workspace.ts';

let workspace: Workspace;

beforeEach(async () => {
  workspace = await enterWorkspace();
});
afterEach(() => workspace[Symbol.asyncDispose]());

const connect = () => new PhaseDataClient('the-key');

describe('the rest of the class', () => {
  it.each([
    ['scan', 'validate', 'this', true],
    ['validate', 'mitigate', 'this', true],
    ['scan', 'mitigate', 'this', false],
    ['mitigate', 'scan', 'this', false],
    ['scan', 'validate', 'another', false],
  ])('%s → %s at %s commit: %s', async (from, to, commit, expected) => {
    process.env['GITHUB_SHA'] = 'this';
    expect(await connect().validatePhaseTransition(from, to, commit)).toBe(expected);
  });

  it('finds the commit with git, or does without', async () => {
    expect(await connect().validatePhaseTransition('scan', 'validate', 'no-git-available')).toBe(true);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args])
        .toString()
        .trim();
    git('init', '--quiet');
    git('commit', '--quiet', '--allow-empty', '--message', 'first');
    expect(await connect().validatePhaseTransition('scan', 'validate', git('rev-parse', 'HEAD'))).toBe(true);
    expect(await connect().validatePhaseTransition('scan', 'validate', 'no-git-available')).toBe(false);
  });

  it('promises trust scores and how a test is run, as the action’s class does', async () => {
    const client = connect();
    const scores = [false, true].flatMap((pre) => [false, true].map((post) => client.calculateTrustScore(pre, post)));
    expect(scores[0]).toBeInstanceOf(Promise);
    expect(await Promise.all(scores)).toEqual([0, 100, 0, 50]);
    const info = client.getPhaseTestInfo('issue-42');
    expect(info).toBeInstanceOf(Promise);
    expect(await info).toEqual({
      branchName: 'rsolv/validate/issue-42',
      testPath: '__tests__/security/rsolv-issue-42.test.js',
      framework: 'jest',
      command: 'npm test -- __tests__/security/rsolv-issue-42.test.js',
    });
    expect(await client.getPhaseTestInfo(42)).toMatchObject({ branchName: 'rsolv/validate/42' });
    const results = { issueId: '42', preTestPassed: false, postTestPassed: true, trustScore: 100 };
    expect(await client.saveTestResults(results)).toBeUndefined();
  });

  it('writes one file for each observation, as given', async () => {
    const client = connect();
    await client.storeFailureDetails('RSOLV-dev/demo', 42, { error: 'x' });
    await client.storeRetryAttempt('RSOLV-dev/demo', 42, { attemptNumber: 2 });
    await client.storeTrustScore('RSOLV-dev/demo', 42, { score: 100 });
    await client.storeExecutionTimeline('RSOLV-dev/demo', 42, { steps: [] });
    expect(await workspace.files('observability/failures')).toEqual([
      expect.stringMatching(/^RSOLV-dev-demo-42-failure-\d{13}\.json$/),
    ]);
    const read = async (file: string): Promise<unknown> =>
      JSON.parse(await readFile(`.rsolv/observability/${file}`, 'utf8'));
    expect(await read('retries/RSOLV-dev-demo-42-retry-2.json')).toEqual({ attemptNumber: 2 });
    expect(await read('trust-scores/RSOLV-dev-demo-42-trust-score.json')).toEqual({ score: 100 });
    expect(await read('timelines/RSOLV-dev-demo-42-timeline.json')).toEqual({ steps: [] });
  });
});

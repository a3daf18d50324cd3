// VALIDATE: proves the finding that an issue names, with a test that fails as long as it is there.
import * as core from '@actions/core';
import { context } from '@actions/github';
import type { StoreResult } from '@rsolv/client';
import { passes, testOf } from './proof.ts';
import { ruleFor } from './rules.ts';
import type { IssueRun } from './run.ts';

export async function validate({ client, repo, commit, branch, issueNumber }: IssueRun): Promise<StoreResult> {
  const known = await client.retrievePhaseResults(repo, issueNumber, commit);
  if (!known) throw new Error('The platform could not be asked for the scan, as said above. Run this again.');
  if (!known.scan || !(await client.validatePhaseTransition('scan', 'validate', known.scan.commitHash ?? ''))) {
    throw new Error(`There is no scan of ${commit}. Run the scan, then this again.`);
  }

  const named = new Set((context.payload.issue?.body ?? '').split(/[\s`()]+/));
  const finding = known.scan.vulnerabilities.find(({ filePath, line }) => named.has(`${filePath}:${line}`));
  if (!finding?.filePath) throw new Error(`Issue ${issueNumber} names no finding of the scan, as app/search.js:12.`);

  const payload = ruleFor(finding.type)?.payload;
  const testCode = payload && testOf(finding.filePath, payload);
  const validated = testCode !== undefined && !passes(issueNumber, testCode);
  core.info(`${finding.filePath}:${finding.line}, ${finding.type}: ${validated ? 'proven' : 'not proven'}`);
  core.setOutput('validated', validated);

  const validation = { issueNumber, validated, vulnerabilities: [finding], testCode, commitHash: commit };
  const data = { validate: { [`issue-${issueNumber}`]: validation } };
  return client.storePhaseResults('validate', data, { repo, issueNumber, commitSha: commit, branch });
}

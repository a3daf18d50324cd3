// VALIDATE: proves the finding that an issue names with a test that fails as long as the vulnerability exists.
import * as core from '@actions/core';
import { context } from '@actions/github';
import type { StoreResult } from '@rsolv/client';
import { passes, testOf } from './proof.ts';
import { ruleFor } from './rules.ts';
import { readKnown, type IssueRun, type Validation } from './run.ts';

export async function validate(run: IssueRun): Promise<StoreResult> {
  const { client, repo, commit, branch, issueNumber } = run;
  const { scan } = await readKnown(run);
  if (!scan || !(await client.validatePhaseTransition('scan', 'validate', scan.commitHash))) {
    throw new Error(`There is no scan of ${commit}. Run the scan, then this again.`);
  }

  const named = new Set((context.payload.issue?.body ?? '').split(/[\s`()]+/));
  const finding = scan.vulnerabilities.find(({ filePath, line }) => named.has(`${filePath}:${line}`));
  if (!finding) throw new Error(`Issue ${issueNumber} names no finding of the scan, for example app/search.js:12.`);

  const payload = ruleFor(finding.type)?.payload;
  const testCode = payload && testOf(finding.filePath, payload);
  const validated = testCode !== undefined && !passes(issueNumber, testCode);
  core.info(`${finding.filePath}:${finding.line}, ${finding.type}: ${validated ? 'proven' : 'not proven'}`);
  core.setOutput('validated', validated);

  const validation: Validation = { validated, vulnerabilities: [finding], testCode, commitHash: commit };
  const data = { validate: { [`issue-${issueNumber}`]: { issueNumber, ...validation } } };
  return client.storePhaseResults('validate', data, { repo, issueNumber, commitSha: commit, branch });
}

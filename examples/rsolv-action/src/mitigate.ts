// MITIGATE: fixes a proven finding, and opens a pull request when its test passes.
import { readFile, writeFile } from 'node:fs/promises';
import * as core from '@actions/core';
import type { StoreResult } from '@rsolv/client';
import { passes } from './proof.ts';
import { openPullRequest } from './pull-request.ts';
import { ruleFor } from './rules.ts';
import { readKnown, type Finding, type IssueRun, type Known } from './run.ts';

export async function mitigate(run: IssueRun): Promise<StoreResult> {
  const { client, repo, commit, branch, issueNumber } = run;
  const { finding, testCode, validatedAt } = provenIn(await readKnown(run), issueNumber);
  if (!(await client.validatePhaseTransition('validate', 'mitigate', validatedAt))) {
    throw new Error(`Issue ${issueNumber} was validated at ${validatedAt}, not at ${commit}. Validate it again.`);
  }

  const preTestPassed = passes(issueNumber, testCode);
  const fix = await fixLine(finding);
  const postTestPassed = passes(issueNumber, testCode);
  const trustScore = await client.calculateTrustScore(preTestPassed, postTestPassed);
  await client.saveTestResults({ issueId: `${issueNumber}`, preTestPassed, postTestPassed, trustScore });
  if (!postTestPassed) throw new Error(`${fix.file}:${fix.line} is not fixed by ${fix.after.trim()}. Fix it by hand.`);

  const { prUrl, prNumber } = await openPullRequest(run, fix);
  core.info(`Fixed in ${prUrl}; trust score ${trustScore}`);
  core.setOutput('pr-url', prUrl);
  const mitigation = { fixed: true, prUrl, prNumber, filesChanged: 1, fixes: [fix], trustScore };
  const data = { mitigate: { [`issue-${issueNumber}`]: mitigation } };
  return client.storePhaseResults('mitigate', data, { repo, issueNumber, commitSha: commit, branch });
}

function provenIn({ validation }: Known, issueNumber: number) {
  const {
    validated,
    vulnerabilities: [finding] = [],
    testCode,
    commitHash,
  } = validation?.[`issue-${issueNumber}`] ?? {};
  if (!validated || !finding || testCode === undefined) {
    throw new Error(`Nothing is proven of issue ${issueNumber}. Label it rsolv:validate first.`);
  }
  return { finding, testCode, validatedAt: String(commitHash) };
}

async function fixLine({ type, filePath, line }: Finding) {
  const lines = (await readFile(filePath, 'utf8')).split('\n');
  const before = lines[line - 1] ?? '';
  const rule = ruleFor(type);
  const after = rule?.fix?.(before) ?? before;
  await writeFile(filePath, lines.with(line - 1, after).join('\n'));
  return { file: filePath, line, before, after, description: rule?.about.remediation ?? '' };
}

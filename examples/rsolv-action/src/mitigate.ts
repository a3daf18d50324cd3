// MITIGATE: fixes what was proven, and opens a pull request once the test passes.
import { readFile, writeFile } from 'node:fs/promises';
import * as core from '@actions/core';
import type { PhaseData, StoreResult } from '@rsolv/client';
import { passes } from './proof.ts';
import { openPullRequest } from './pull-request.ts';
import { ruleFor } from './rules.ts';
import type { IssueRun } from './run.ts';

export async function mitigate(run: IssueRun): Promise<StoreResult> {
  const { client, repo, commit, branch, issueNumber } = run;
  const known = await client.retrievePhaseResults(repo, issueNumber, commit);
  if (!known) throw new Error('The platform could not be asked for the validation, as said above. Run this again.');
  const { finding, testCode, validatedAt } = provenIn(known, issueNumber);
  if (!(await client.validatePhaseTransition('validate', 'mitigate', validatedAt))) {
    throw new Error(`Issue ${issueNumber} was validated at ${validatedAt}, not at ${commit}. Validate it again.`);
  }

  const preTestPassed = passes(issueNumber, testCode);
  const fix = await fixLine(finding);
  const postTestPassed = passes(issueNumber, testCode);
  const trustScore = client.calculateTrustScore(preTestPassed, postTestPassed);
  await client.saveTestResults({ issueId: `${issueNumber}`, preTestPassed, postTestPassed, trustScore });
  if (!postTestPassed) throw new Error(`${fix.file}:${fix.line} is not fixed by ${fix.after.trim()}. Fix it by hand.`);

  const { prUrl, prNumber } = await openPullRequest(run, fix);
  core.info(`Fixed in ${prUrl}; trust score ${trustScore}`);
  core.setOutput('pr-url', prUrl);
  const mitigation = { prUrl, prNumber, filesChanged: 1, fixes: [fix], trustScore };
  const data = { mitigate: { [`issue-${issueNumber}`]: mitigation } };
  return client.storePhaseResults('mitigate', data, { repo, issueNumber, commitSha: commit, branch });
}

function provenIn({ validate }: PhaseData, issueNumber: number) {
  const validation = validate?.[`issue-${issueNumber}`];
  const [finding] = validation?.vulnerabilities ?? [];
  const { validated, testCode, commitHash } = validation ?? {};
  if (!validated || !finding || typeof testCode !== 'string') {
    throw new Error(`Nothing is proven of issue ${issueNumber}. Label it rsolv:validate first.`);
  }
  return { finding, testCode, validatedAt: String(commitHash) };
}

async function fixLine({ type, filePath, line }: { type: string; [key: string]: unknown }) {
  const file = String(filePath);
  const lines = (await readFile(file, 'utf8')).split('\n');
  const before = lines[Number(line) - 1] ?? '';
  const rule = ruleFor(type);
  const after = rule?.fix?.(before) ?? before;
  await writeFile(file, lines.with(Number(line) - 1, after).join('\n'));
  return { file, line: Number(line), before, after, description: rule?.about.remediation ?? '' };
}

// Runs the action: sends results that earlier runs could not store, and then runs one phase.
import * as core from '@actions/core';
import { context } from '@actions/github';
import { PhaseDataClient, type StoreResult } from '@rsolv/client';
import { mitigate } from './mitigate.ts';
import type { IssueRun, Run } from './run.ts';
import { scan } from './scan.ts';
import { validate } from './validate.ts';

async function main(): Promise<void> {
  const runPhase = findPhase(core.getInput('phase', { required: true }));
  const apiKey = core.getInput('api-key');
  if (apiKey) core.setSecret(apiKey);
  // Without an API key, the client would store results only in local files.
  else if (!process.env['ACTIONS_ID_TOKEN_REQUEST_URL']) throw new Error(noKey);
  // The client itself writes its warnings to the page of the run.
  const logger = { debug: core.debug, warn: core.debug };
  const client = new PhaseDataClient(apiKey, core.getInput('api-url'), { logger });

  const { sent, left, failures } = await client.sendUnsentResults();
  for (const { file, error } of failures) core.info(`Not sent yet: ${file}: ${error.message}`);
  if (sent + left > 0) core.info(`Kept by earlier runs: ${sent} sent now, ${left} still to be sent.`);
  core.setOutput('sent', sent);

  const { storage, reason } = await runPhase({
    client,
    repo: `${context.repo.owner}/${context.repo.repo}`,
    commit: context.sha,
    branch: process.env['GITHUB_REF_NAME'],
  });
  core.setOutput('storage', storage);
  core.setOutput('reason', reason?.code ?? '');
  // The job must succeed: a failed job does not save its cache, so the result would be lost.
  if (reason && isForOperator(reason.code)) {
    core.error(
      `The result is not on the platform (${reason.code}). Correct the API key or its access; the next run sends it.`,
    );
  }
}

/** Whether an error remains until somebody corrects the API key or its access. */
const isForOperator = (code: string): boolean =>
  /^(CONFIGURATION|API_KEY_.*|CUSTOMER_INACTIVE|SCOPE_MISSING|.*_NOT_ALLOWED|FORGE_ACCOUNT_.*|NAMESPACE_.*)$/.test(
    code,
  );

const noKey =
  'There is no api-key, and none can be had for an ID token. ' +
  'Set api-key from a secret, or give the workflow `permissions: id-token: write`.';

function findPhase(phase: string): (run: Run) => Promise<StoreResult> {
  if (phase === 'scan') return scan;
  if (phase === 'validate') return (run) => validate(withIssue(run));
  if (phase === 'mitigate') return (run) => mitigate(withIssue(run));
  throw new Error(`phase must be scan, validate or mitigate, not "${phase}".`);
}

function withIssue(run: Run): IssueRun {
  const issueNumber = Number(core.getInput('issue-number'));
  if (Number.isInteger(issueNumber) && issueNumber > 0) return { ...run, issueNumber };
  throw new Error('There is no issue number. Run this on an event of an issue, or set issue-number.');
}

main().catch((thrown: unknown) => core.setFailed(thrown instanceof Error ? thrown.message : String(thrown)));

// One run of the action: what earlier runs could not store goes first, then one phase.
import * as core from '@actions/core';
import { context } from '@actions/github';
import { PhaseDataClient, type StoreResult } from '@rsolv/client';
import { mitigate } from './mitigate.ts';
import type { Run } from './run.ts';
import { scan } from './scan.ts';
import { validate } from './validate.ts';

async function main(): Promise<void> {
  const apiKey = core.getInput('api-key');
  if (apiKey) core.setSecret(apiKey);
  // Said here, as the client would go on without the platform.
  else if (!process.env['ACTIONS_ID_TOKEN_REQUEST_URL']) throw new Error(noKey);
  const logger = { debug: core.debug, warn: core.info };
  const client = new PhaseDataClient(apiKey, core.getInput('api-url'), { logger });

  const { sent, left, failures } = await client.sendUnsentResults();
  for (const { file, error } of failures) core.info(`Not sent yet: ${file}: ${error.message}`);
  if (sent + left > 0) core.info(`Kept by earlier runs: ${sent} sent now, ${left} still to be sent.`);
  core.setOutput('sent', sent);

  const { storage } = await runPhase({
    client,
    repo: `${context.repo.owner}/${context.repo.repo}`,
    commit: context.sha,
    branch: process.env['GITHUB_REF_NAME'],
  });
  core.setOutput('storage', storage);
}

const noKey =
  'There is no api-key, and none can be had for an ID token. ' +
  'Set api-key from a secret, or give the workflow `permissions: id-token: write`.';

async function runPhase(run: Run): Promise<StoreResult> {
  const phase = core.getInput('phase', { required: true });
  if (phase === 'scan') return scan(run);
  const issueNumber = Number(core.getInput('issue-number'));
  if (!Number.isInteger(issueNumber) || issueNumber < 1) {
    throw new Error('There is no issue. Run this on an event of an issue, or set issue-number.');
  }
  if (phase === 'validate') return validate({ ...run, issueNumber });
  if (phase === 'mitigate') return mitigate({ ...run, issueNumber });
  throw new Error(`phase must be scan, validate or mitigate, not "${phase}".`);
}

main().catch((thrown: unknown) => core.setFailed(thrown instanceof Error ? thrown.message : String(thrown)));

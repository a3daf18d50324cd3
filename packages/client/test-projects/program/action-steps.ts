import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  PhaseDataClient,
  type Logger,
  type MitigationPhaseData,
  type PhaseData,
  type PhaseMetadata,
  type PhaseName,
  type PhaseTestInfo,
  type ScanPhaseData,
  type ScanVulnerability,
  type SendReport,
  type StoreResult,
  type TestResults,
  type TransportOptions,
  type ValidationPhaseData,
  type ValidationVulnerability,
} from '@rsolv/client';
import { commitSha, setting } from './setting.js';

const finding: ScanVulnerability = { type: 'command_injection', filePath: 'Gruntfile.js', line: 14 };
const scan: ScanPhaseData = { vulnerabilities: [finding] };
const looked: ValidationVulnerability = { type: finding.type, file: 'Gruntfile.js', line: 14, confidence: 0.9 };
const validation: ValidationPhaseData = { validated: true, vulnerabilities: [looked] };
const mitigation: MitigationPhaseData = { prUrl: 'https://github.com/RSOLV-dev/demo/pull/7' };
const phases: readonly [PhaseName, PhaseData][] = [
  ['scan', { scan }],
  ['validate', { validate: { 'issue-42': validation } }],
  ['mitigate', { mitigate: { 42: mitigation } }],
];

const repo = `${setting('REPO')}-action`;
const metadata: PhaseMetadata = { repo, issueNumber: 42, commitSha, branch: 'main' };

const kept = async () => {
  const folder = join(process.cwd(), '.rsolv/phase-data');
  const names = await readdir(folder);
  return Promise.all(
    names.map(async (name): Promise<unknown> => JSON.parse(await readFile(join(folder, name), 'utf8'))),
  );
};

/** Steps of the action. */
export const actionSteps: Record<string, () => Promise<void>> = {
  'carries three phases from one to the next': async () => {
    const client = new PhaseDataClient();
    equal(await client.retrievePhaseResults(repo, 42, commitSha).then((found) => found?.scan), undefined);
    for (const [phase, data] of phases) {
      const { success, storage, id }: StoreResult = await client.storePhaseResults(phase, data, metadata);
      deepEqual({ success, storage, idLength: id?.length }, { success: true, storage: 'platform', idLength: 36 });
    }
    const found = await client.retrievePhaseResults(repo, undefined, commitSha);
    deepEqual(found?.scan, scan);
    deepEqual(found.validate, { 'issue-42': validation });
    equal(found.mitigate?.['issue-42']?.pr_number, 7);
    await rejects(client.storePhaseResults('validate', {}, metadata), /^Error: No validate data found for issue 42$/);
  },

  'loses nothing while the platform is away': async () => {
    const lines: string[] = [];
    const logger: Logger = { debug: () => {}, warn: (line) => lines.push(line) };
    const options: TransportOptions = { maxRetries: 1, retryDelayMs: () => 1, logger };
    const away = new PhaseDataClient(setting('RSOLV_API_KEY'), setting('DEAD_URL'), options);
    const where = { ...metadata, repo: `${repo}-away` };
    deepEqual(await away.storePhaseResults('validate', { validate: { 42: validation } }, where), {
      success: true,
      storage: 'local',
      warning: 'Platform unavailable, stored locally',
    });
    deepEqual(await away.retrievePhaseResults(where.repo, 42, commitSha), { validate: { 42: validation } });
    equal(lines.length, 2);
    const report: SendReport = await new PhaseDataClient().sendUnsentResults();
    deepEqual(report, { sent: 1, left: 0, failures: [] });
    deepEqual(await new PhaseDataClient().retrievePhaseResults(where.repo, 42, commitSha), {
      validate: { 'issue-42': validation },
    });
    const [file, ...others] = await kept();
    ok(typeof file === 'object' && file !== null && 'sentAt' in file && others.length === 0);
  },

  'keeps the rest of what the action calls': async () => {
    const client = new PhaseDataClient();
    const results: TestResults = { issueId: '42', preTestPassed: false, postTestPassed: true, trustScore: 100 };
    await client.saveTestResults(results);
    equal(client.calculateTrustScore(results.preTestPassed, results.postTestPassed), 100);
    const { framework }: PhaseTestInfo = client.getPhaseTestInfo(42);
    equal(framework, 'jest');
    equal(await client.validatePhaseTransition('scan', 'validate', commitSha), false);
    await client.storeFailureDetails(repo, 42, { reason: 'none' });
    await client.storeRetryAttempt(repo, 42, { attemptNumber: 1 });
    await client.storeTrustScore(repo, 42, { trustScore: 100 });
    await client.storeExecutionTimeline(repo, 42, { phases: [] });
    const folders = ['failures', 'retries', 'timelines', 'trust-scores'];
    deepEqual(new Set(await readdir('.rsolv/observability')), new Set(folders));
  },
};

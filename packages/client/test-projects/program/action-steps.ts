import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  PhaseDataClient,
  type ByIssue,
  type GeneratedTest,
  type GeneratedTests,
  type IssueRef,
  type Logger,
  type MitigationPhaseData,
  type PhaseData,
  type PhaseDataInput,
  type PhaseMetadata,
  type PhaseName,
  type PhaseTestInfo,
  type ScanInput,
  type ScanPhaseData,
  type ScanVulnerability,
  type SendReport,
  type StoreFailure,
  type StoreResult,
  type TestExecutionResult,
  type TestResults,
  type TransportOptions,
  type ValidationPhaseData,
  type ValidationTestResults,
  type ValidationVulnerability,
} from '@rsolv/client';
import { commitSha, setting } from './setting.js';

const timestamp = new Date().toISOString();
const finding: ScanVulnerability = { type: 'command_injection', file: 'Gruntfile.js', line: 14 };
const scan: ScanPhaseData = { vulnerabilities: [finding], timestamp, commitHash: commitSha };
const looked: ValidationVulnerability = { type: finding.type, file: finding.file, line: 14, confidence: 0.9 };
const red: GeneratedTest = { testCode: 'test()' };
const redTests: GeneratedTests = { red };
const testResults: ValidationTestResults = { generatedTests: redTests };
const ran: TestExecutionResult = { passed: false, output: '', stderr: '', timedOut: false };
const validation: ValidationPhaseData = {
  validated: true,
  vulnerabilities: [looked],
  redTests,
  testResults,
  testExecutionResult: ran,
  timestamp,
};
const mitigation: MitigationPhaseData = { fixed: true, prUrl: 'https://github.com/RSOLV-dev/demo/pull/7', timestamp };
const scanned: ScanInput = scan;
const validated: ByIssue = { 'issue-42': validation };
const phases: readonly [PhaseName, PhaseDataInput][] = [
  ['scan', { scan: scanned }],
  ['validate', { validate: validated }],
  ['mitigate', { mitigate: { 42: mitigation } }],
];

const repo = `${setting('REPO')}-action`;
const issue: IssueRef = 'issue-42';
const metadata: PhaseMetadata = { repo, issueNumber: issue, commitSha, branch: 'main' };

const kept = async () => {
  const folder = join(process.cwd(), '.rsolv/phase-data');
  const names = (await readdir(folder)).filter((name) => name !== '.gitignore');
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
    const found: PhaseData | null = await client.retrievePhaseResults(repo, undefined, commitSha);
    deepEqual(found?.scan, scan);
    deepEqual(found.validate, { 'issue-42': validation });
    deepEqual(found.validation, found.validate);
    equal(found.mitigate?.['issue-42']?.pr_number, 7);
    equal(found.mitigation?.['42']?.pr_number, 7);
    await rejects(client.storePhaseResults('validate', {}, metadata), /^Error: No validate data found for issue 42$/);
  },

  'loses nothing while the platform is unavailable': async () => {
    const lines: string[] = [];
    const logger: Logger = { debug: () => {}, warn: (line) => lines.push(line) };
    const options: TransportOptions = { maxRetries: 1, retryDelayMs: () => 1, logger };
    const away = new PhaseDataClient(setting('RSOLV_API_KEY'), setting('DEAD_URL'), options);
    const where = { ...metadata, repo: `${repo}-away` };
    const { reason, ...result } = await away.storePhaseResults('validate', { validate: { 42: validation } }, where);
    deepEqual(result, { success: true, storage: 'local', warning: 'Platform unavailable, stored locally' });
    const { code }: StoreFailure = reason ?? { code: '', message: '' };
    equal(code, 'CONNECTION_FAILED');
    const known = { validation: { 'issue-42': validation }, validate: { 'issue-42': validation } };
    deepEqual(await away.retrievePhaseResults(where.repo, 42, commitSha), known);
    equal(lines.length, 2);
    const report: SendReport = await new PhaseDataClient().sendUnsentResults();
    deepEqual(report, { sent: 1, left: 0, failures: [] });
    deepEqual(await new PhaseDataClient().retrievePhaseResults(where.repo, 42, commitSha), known);
    const [file, ...others] = await kept();
    ok(typeof file === 'object' && file !== null && 'sentAt' in file && others.length === 0);
  },

  'keeps the rest of what the action calls': async () => {
    const client = new PhaseDataClient();
    const results: TestResults = { issueId: '42', preTestPassed: false, postTestPassed: true, trustScore: 100 };
    await client.saveTestResults(results);
    equal(await client.calculateTrustScore(results.preTestPassed, results.postTestPassed), 100);
    const { framework }: PhaseTestInfo = await client.getPhaseTestInfo(42);
    equal(framework, 'jest');
    equal(await client.validatePhaseTransition('scan', 'validate', commitSha), false);
    await client.storeFailureDetails(repo, 42, { reason: 'none' });
    await client.storeRetryAttempt(repo, 42, { attemptNumber: 1 });
    await client.storeTrustScore(repo, 42, { trustScore: 100 });
    await client.storeExecutionTimeline(repo, 42, { phases: [] });
    const names = ['.gitignore', 'failures', 'retries', 'timelines', 'trust-scores'];
    deepEqual(new Set(await readdir('.rsolv/observability')), new Set(names));
  },
};

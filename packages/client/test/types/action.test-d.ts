// How the code of the RSOLV action uses the types, at the revisions from August 2025 on: it was compiled against a class of
// its own, and has to compile against this one.
import {
  PhaseDataClient,
  type PhaseData,
  type ScanVulnerability,
  type StoreResult,
  type TestExecutionResult,
  type ValidationPhaseData,
} from '@rsolv/client';
import { describe, expectTypeOf, it } from 'vitest';

const client = new PhaseDataClient('a-key', process.env['RSOLV_API_URL']);
const metadata = { repo: 'acme/shop', issueNumber: 42, commitSha: 'abc', timestamp: 'now', pipelineRunId: 'run' };

describe('the action', () => {
  it('builds phase data field by field from records of its own', () => {
    const store = async (phase: 'scan' | 'validation' | 'mitigation', data: Record<string, unknown>) => {
      const phaseData: PhaseData = {};
      if (phase === 'scan') {
        phaseData.scan = {
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the action does
          vulnerabilities: (data['vulnerabilities'] ?? []) as ScanVulnerability[],
          timestamp: 'now',
          commitHash: 'abc',
          ...(data['manifestFiles'] ? { manifest_files: data['manifestFiles'] } : {}),
        };
      }
      if (phase === 'validation') (phaseData as Record<string, unknown>)['validate'] = data;
      if (phase === 'mitigation') (phaseData as Record<string, unknown>)['mitigate'] = data;
      await client.storePhaseResults(phase === 'scan' ? 'scan' : 'validate', phaseData, metadata);
    };
    void store;
  });

  it('stores scans that have more than the class knows', () => {
    const scan = {
      vulnerabilities: [],
      timestamp: 'now',
      commitHash: 'abc',
      canBeFixed: true,
      gitStatus: { clean: true },
    };
    void client.storePhaseResults('scan', { scan }, metadata);
  });

  it('keys issues by number, and says undefined where there is nothing', () => {
    interface Suite {
      red: { testName: string; testCode: string; attackVector: string; expectedBehavior: 'should_fail' };
      green: { testName: string; testCode: string; validInput: string };
    }
    interface GitResult {
      success: boolean;
      isValidFix: boolean;
      vulnerableCommit: { allPassed: boolean };
    }
    const validate = (suite: Suite | undefined, result: GitResult | undefined) => {
      const byIssue: Record<number, ValidationPhaseData> = {
        42: { validated: true, redTests: suite, testResults: result, falsePositiveReason: undefined, timestamp: 'now' },
      };
      return client.storePhaseResults('validate', { validate: byIssue }, metadata);
    };
    expectTypeOf(validate).returns.resolves.toEqualTypeOf<StoreResult>();
  });

  it('stores how a test ran, and what was looked at', () => {
    interface TestRun {
      passed: boolean;
      output: string;
      stderr: string;
      timedOut: boolean;
      exitCode?: number;
      testFile?: string;
    }
    interface Looked {
      file: string;
      line: number;
      type: string;
      description?: string;
      confidence?: number | string;
    }
    const store = (run: TestRun, branchName?: string, vulnerabilities?: Looked[]) => {
      const own: ValidationPhaseData = {
        validated: true,
        branchName,
        testPath: run.testFile,
        testExecutionResult: run,
        vulnerabilities,
        timestamp: 'now',
      };
      return client.storePhaseResults('validate', { validate: { [42]: own } }, metadata);
    };
    void store;
    expectTypeOf<TestExecutionResult>().toExtend<TestRun | TestExecutionResult>();
  });

  it('reads fields without a cast', () => {
    const read = async () => {
      const known = await client.retrievePhaseResults('acme/shop', 42, 'abc');
      const validation = known?.validate?.['issue-42'] ?? known?.validation?.['issue-42'];
      const branch: string | undefined = validation?.branchName;
      const code: string = validation?.testResults?.generatedTests?.red?.testCode ?? '';
      const red: string = validation?.redTests?.redTests?.[0]?.testCode ?? '';
      const exitCode: number | undefined = validation?.testExecutionResult?.exitCode;
      const collected: Record<string, unknown> = {};
      if (known?.validation) Object.assign(collected, known.validation);
      const scan = known?.scan ?? { canBeFixed: false, usedPriorScan: true };
      const usedPriorScan: boolean = 'usedPriorScan' in scan ? scan.usedPriorScan : false;
      return { branch, code, red, exitCode, usedPriorScan };
    };
    void read;
  });

  it('hands phase data to functions that take any record', () => {
    const take = (data: Record<string, unknown> | null) => data;
    const read = async () => take(await client.retrievePhaseResults('acme/shop', 42, 'abc'));
    void read;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the action does
    const narrow = (data: PhaseData) => data.validation as Record<string, Record<string, unknown>> | undefined;
    void narrow;
  });

  it('makes results of its own, as its tests do', () => {
    const result: StoreResult = { success: true };
    expectTypeOf(result.storage).toEqualTypeOf<'platform' | 'local' | undefined>();
    expectTypeOf(client.calculateTrustScore(false, true)).resolves.toBeNumber();
    expectTypeOf(client.getPhaseTestInfo('42')).resolves.toHaveProperty('branchName');
  });
});

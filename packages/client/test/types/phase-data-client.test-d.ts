// The class that the action has always used: what it takes and gives is what the action's code is compiled against.
import {
  PhaseDataClient,
  type CallOptions,
  type MitigationPhaseData,
  type PhaseData,
  type PhaseMetadata,
  type PhaseName,
  type PhaseTestInfo,
  type RsolvError,
  type ScanPhaseData,
  type ScanVulnerability,
  type RetrieveOptions,
  type SendReport,
  type StoreResult,
  type TestResults,
  type TransportOptions,
  type ValidationPhaseData,
  type ValidationVulnerability,
} from '@rsolv/client';
import { describe, expectTypeOf, it } from 'vitest';

describe('PhaseDataClient', () => {
  it('is made with key, address and options, each of which may be left out', () => {
    expectTypeOf<ConstructorParameters<typeof PhaseDataClient>>().toEqualTypeOf<
      [apiKey?: string | undefined, baseUrl?: string | undefined, options?: TransportOptions | undefined]
    >();
  });

  it('has these methods, and nothing else that can be seen', () => {
    type Issue = number | string;
    type Methods = { [Name in keyof PhaseDataClient]: PhaseDataClient[Name] };
    expectTypeOf<Methods>().toEqualTypeOf<{
      storePhaseResults: (
        phase: PhaseName,
        data: PhaseData,
        metadata: PhaseMetadata,
        options?: CallOptions,
      ) => Promise<StoreResult>;
      retrievePhaseResults: (
        repo: string,
        issueNumber: number | undefined,
        commitSha: string,
        options?: RetrieveOptions,
      ) => Promise<PhaseData | null>;
      sendUnsentResults: (options?: CallOptions) => Promise<SendReport>;
      validatePhaseTransition: (from: string, to: string, commitSha: string) => Promise<boolean>;
      getPhaseTestInfo: (issueId: Issue) => PhaseTestInfo;
      saveTestResults: (results: TestResults) => Promise<void>;
      calculateTrustScore: (preTestPassed: boolean, postTestPassed: boolean) => number;
      storeFailureDetails: (repo: string, issue: Issue, details: object) => Promise<void>;
      storeRetryAttempt: (
        repo: string,
        issue: Issue,
        attempt: { attemptNumber: number; [key: string]: unknown },
      ) => Promise<void>;
      storeTrustScore: (repo: string, issue: Issue, score: object) => Promise<void>;
      storeExecutionTimeline: (repo: string, issue: Issue, timeline: object) => Promise<void>;
    }>();
  });

  it('refuses what it could not store', () => {
    const client = new PhaseDataClient();
    const metadata = { repo: 'RSOLV-dev/demo', commitSha: '692f480c' };
    // @ts-expect-error -- by the action's names
    void client.storePhaseResults('validation', {}, metadata);
    // @ts-expect-error -- a scan has a list of vulnerabilities
    void client.storePhaseResults('scan', { scan: {} }, metadata);
    // @ts-expect-error -- an issue's number is a number here
    void client.storePhaseResults('validate', {}, { ...metadata, issueNumber: '42' });
    // @ts-expect-error -- no commit
    void client.retrievePhaseResults('RSOLV-dev/demo', 42);
    // @ts-expect-error -- no attempt number
    void client.storeRetryAttempt('RSOLV-dev/demo', 42, { error: 'no' });
  });
});

describe('what it gives', () => {
  it('says where a result is', () => {
    expectTypeOf<StoreResult>().toEqualTypeOf<{
      success: boolean;
      storage: 'platform' | 'local';
      id?: string;
      phase?: string;
      warning?: string;
    }>();
  });

  it('says what was sent, what is left, and why', () => {
    expectTypeOf<SendReport>().toEqualTypeOf<{
      readonly sent: number;
      readonly left: number;
      readonly failures: readonly { readonly file: string; readonly error: RsolvError }[];
    }>();
  });

  it("says how an issue's test is run", () => {
    expectTypeOf<PhaseTestInfo>().toEqualTypeOf<{
      branchName: string;
      testPath: string;
      framework: string;
      command: string;
    }>();
  });
});

describe('phase data', () => {
  it("has the phases by the action's names, and by the platform's", () => {
    expectTypeOf<PhaseData>().toEqualTypeOf<{
      scan?: ScanPhaseData;
      validate?: Record<string, ValidationPhaseData>;
      mitigate?: Record<string, MitigationPhaseData>;
      validation?: Record<string, ValidationPhaseData>;
      mitigation?: Record<string, MitigationPhaseData>;
    }>();
    expectTypeOf<PhaseName>().toEqualTypeOf<'scan' | 'validate' | 'mitigate'>();
  });

  it('types what it knows, and leaves the rest open', () => {
    expectTypeOf<ScanPhaseData['vulnerabilities']>().toEqualTypeOf<ScanVulnerability[]>();
    expectTypeOf<ScanVulnerability['line']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<ValidationPhaseData['validated']>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<ValidationPhaseData['vulnerabilities']>().toEqualTypeOf<ValidationVulnerability[] | undefined>();
    expectTypeOf<MitigationPhaseData['pr_number']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<ScanPhaseData['anything']>().toBeUnknown();
    expectTypeOf<ValidationPhaseData['anything']>().toBeUnknown();
    expectTypeOf<MitigationPhaseData['anything']>().toBeUnknown();
  });

  it('takes an issue number that may be undefined', () => {
    expectTypeOf<{ repo: string; commitSha: string; issueNumber: undefined }>().toExtend<PhaseMetadata>();
  });
});

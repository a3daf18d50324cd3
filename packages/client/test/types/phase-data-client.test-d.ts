// The class that the action has always used: the action's code is compiled against these types.
import {
  PhaseDataClient,
  type CallOptions,
  type IssueRef,
  type MitigationPhaseData,
  type PhaseData,
  type PhaseDataInput,
  type PhaseMetadata,
  type PhaseName,
  type PhaseTestInfo,
  type RsolvError,
  type ScanPhaseData,
  type ScanVulnerability,
  type RetrieveOptions,
  type RsolvErrorCode,
  type SendReport,
  type StoreResult,
  type TestResults,
  type TransportOptions,
  type ValidationPhaseData,
  type ValidationVulnerability,
} from '@rsolv/client';
import { describe, expectTypeOf, it } from 'vitest';

type Issue = number | string;

describe('PhaseDataClient', () => {
  it('is made with key, address and options, each of which may be left out', () => {
    expectTypeOf<ConstructorParameters<typeof PhaseDataClient>>().toEqualTypeOf<
      [apiKey?: string | undefined, baseUrl?: string | undefined, options?: TransportOptions | undefined]
    >();
  });

  it('has these methods, and nothing else that can be seen', () => {
    type Methods = { [Name in keyof PhaseDataClient]: PhaseDataClient[Name] };
    expectTypeOf<IssueRef>().toEqualTypeOf<Issue>();
    expectTypeOf<Omit<Methods, 'retrievePhaseResults' | 'storeRetryAttempt'>>().toEqualTypeOf<{
      storePhaseResults: (
        phase: PhaseName,
        data: PhaseDataInput,
        metadata: PhaseMetadata,
        options?: CallOptions,
      ) => Promise<StoreResult>;
      sendUnsentResults: (options?: CallOptions) => Promise<SendReport>;
      validatePhaseTransition: (from: string, to: string, commitSha: string) => Promise<boolean>;
      getPhaseTestInfo: (issueId: Issue) => Promise<PhaseTestInfo>;
      saveTestResults: (results: TestResults) => Promise<void>;
      calculateTrustScore: (preTestPassed: boolean, postTestPassed: boolean) => Promise<number>;
      storeFailureDetails: (repo: string, issue: Issue, details: object) => Promise<void>;
      storeTrustScore: (repo: string, issue: Issue, score: object) => Promise<void>;
      storeExecutionTimeline: (repo: string, issue: Issue, timeline: object) => Promise<void>;
    }>();
  });

  it('retrieves the known types, or those of one’s own', () => {
    type Retrieve = PhaseDataClient['retrievePhaseResults'];
    expectTypeOf<Parameters<Retrieve>>().toEqualTypeOf<
      [repo: string, issueNumber: Issue | undefined, commitSha: string, options?: RetrieveOptions | undefined]
    >();
    expectTypeOf<Awaited<ReturnType<Retrieve>>>().toEqualTypeOf<PhaseData | null>();
    interface Own {
      scan?: { findings: string[] };
    }
    const own = () => new PhaseDataClient().retrievePhaseResults<Own>('a/b', undefined, 'c');
    expectTypeOf(own).returns.resolves.toEqualTypeOf<Own | null>();
    const known = () => new PhaseDataClient().retrievePhaseResults('a/b', 42, 'c');
    expectTypeOf(known).returns.resolves.toEqualTypeOf<PhaseData | null>();
  });

  it('takes a retry of any type that has its number', () => {
    interface Retry {
      attemptNumber: number;
      maxRetries: number;
    }
    const store = (retry: Retry) => new PhaseDataClient().storeRetryAttempt('a/b', 42, retry);
    expectTypeOf(store).returns.resolves.toBeVoid();
    void new PhaseDataClient().storeRetryAttempt('a/b', 42, { attemptNumber: 1, error: 'no' });
  });

  it('rejects what it could not store', () => {
    const client = new PhaseDataClient();
    const metadata = { repo: 'RSOLV-dev/demo', commitSha: '692f480c' };
    // @ts-expect-error -- by the action's names
    void client.storePhaseResults('validation', {}, metadata);
    // @ts-expect-error -- a scan has a list of vulnerabilities
    void client.storePhaseResults('scan', { scan: {} }, metadata);
    // @ts-expect-error -- an issue is a number or text
    void client.storePhaseResults('validate', {}, { ...metadata, issueNumber: [42] });
    // @ts-expect-error -- the result of an issue is an object
    void client.storePhaseResults('validate', { validate: { 42: true } }, metadata);
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
      id?: string;
      message?: string;
      phase?: string;
      storage?: 'platform' | 'local';
      warning?: string;
      reason?: { code: RsolvErrorCode; message: string };
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

  it('has the fields that the action reads, of the types that it reads them as', () => {
    expectTypeOf<ScanPhaseData>().toEqualTypeOf<{
      vulnerabilities: ScanVulnerability[];
      timestamp: string;
      commitHash: string;
    }>();
    expectTypeOf<ScanVulnerability>().toExtend<{ type: string; file: string; line: number; severity?: string }>();
    expectTypeOf<ScanVulnerability['cwe']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<ScanVulnerability['anything']>().toBeUnknown();
    expectTypeOf<ValidationPhaseData['validated']>().toBeBoolean();
    expectTypeOf<ValidationPhaseData['timestamp']>().toBeString();
    expectTypeOf<ValidationPhaseData['testType']>().toEqualTypeOf<'behavioral' | 'static' | undefined>();
    expectTypeOf<ValidationPhaseData['classificationSource']>().toEqualTypeOf<'platform' | 'local' | undefined>();
    expectTypeOf<ValidationPhaseData['vulnerabilities']>().toEqualTypeOf<ValidationVulnerability[] | undefined>();
    expectTypeOf<ValidationVulnerability>().toExtend<{ file: string; line: number; type: string }>();
    expectTypeOf<ValidationVulnerability['confidence']>().toEqualTypeOf<number | string | undefined>();
    expectTypeOf<MitigationPhaseData['fixed']>().toBeBoolean();
    expectTypeOf<MitigationPhaseData['fixCommit']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<MitigationPhaseData['pr_number']>().toEqualTypeOf<number | undefined>();
  });

  it('is a record that any function for records takes', () => {
    expectTypeOf<PhaseData>().toExtend<Record<string, unknown>>();
    expectTypeOf<PhaseData>().toExtend<PhaseDataInput>();
  });

  it('takes an issue number that may be undefined', () => {
    expectTypeOf<{ repo: string; commitSha: string; issueNumber: undefined }>().toExtend<PhaseMetadata>();
  });
});

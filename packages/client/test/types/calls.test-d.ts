// What callers of the typed client see, written out: a change of any of it is a change for them.
import {
  createClient,
  eachPage,
  type CallOptions,
  type Client,
  type JsonValue,
  type MutationOptions,
  type RetrievedFinding,
  type RetrievedMitigation,
  type RetrievedScan,
  type RetrievedValidation,
  type ScanPhaseData,
  type ValidationPhaseData,
} from '@rsolv/client';
import { describe, expectTypeOf, it } from 'vitest';

const client = createClient();
const scanned = { phase: 'scan', repo: 'RSOLV-dev/demo', commitSha: '692f480c' } as const;
const asked = { repo: 'RSOLV-dev/demo', commit: '692f480c' } as const;

describe('store', () => {
  it('takes phases by either name, an issue number for all but the scan, and moments as text or Date', () => {
    type Input = Parameters<typeof client.phases.store.mutate>[0];
    interface Common {
      forge?: 'github' | 'gitlab' | undefined;
      repo: string;
      commitSha: string;
      branch?: string | null | undefined;
      status?: 'pending' | 'running' | 'completed' | 'failed' | undefined;
      startedAt?: string | Date | null | undefined;
      completedAt?: string | Date | null | undefined;
      errorMessage?: string | null | undefined;
      executionId?: string | null | undefined;
      idempotencyKey?: string | null | undefined;
      data?: object | undefined;
    }
    interface Scan extends Common {
      phase: 'scan';
      issueNumber?: number | string | null | undefined;
    }
    interface OfIssue extends Common {
      phase: 'validation' | 'mitigation' | 'validate' | 'mitigate';
      issueNumber: number | string;
    }
    expectTypeOf<Input>().toEqualTypeOf<Scan | OfIssue>();
  });

  it('takes interfaces, the types of PhaseDataClient, and Dates', () => {
    interface Finding {
      type: string;
      filePath: string;
      foundAt: Date;
    }
    const findings: Finding[] = [];
    void client.phases.store.mutate({ ...scanned, data: { vulnerabilities: findings }, completedAt: new Date() });
    const scan: ScanPhaseData = { vulnerabilities: [], timestamp: '', commitHash: '' };
    void client.phases.store.mutate({ ...scanned, data: scan });
    const validation: ValidationPhaseData = { validated: true, timestamp: '' };
    void client.phases.store.mutate({ ...scanned, phase: 'validate', issueNumber: 42, data: validation });
  });

  it.each([
    () => client.phases.store.mutate({ ...scanned, data: { vulnerabilities: [{ type: 'xss', line: 3 }] } }),
    () => client.phases.store.mutate({ ...scanned, data: { scan: { vulnerabilities: [] } } }),
    () => client.phases.store.mutate({ ...scanned, phase: 'validate', issueNumber: 42, data: { validated: true } }),
    () => client.phases.store.mutate({ ...scanned, phase: 'mitigation', issueNumber: '42', status: 'failed' }),
    () => client.phases.store.mutate(scanned, { idempotencyKey: 'a-key', timeoutMs: 5, signal: AbortSignal.abort() }),
  ])('takes every layout', (call) => {
    expectTypeOf(call).returns.resolves.toEqualTypeOf<{
      success: true;
      id: string;
      phase: 'scan' | 'validation' | 'mitigation';
    }>();
  });

  it('rejects what the platform would reject', () => {
    // @ts-expect-error -- no repository
    void client.phases.store.mutate({ phase: 'scan', commitSha: '692f480c' });
    // @ts-expect-error -- no such phase
    void client.phases.store.mutate({ ...scanned, phase: 'deploy' });
    // @ts-expect-error -- a validation belongs to an issue
    void client.phases.store.mutate({ ...scanned, phase: 'validation' });
    // @ts-expect-error -- data is an object
    void client.phases.store.mutate({ ...scanned, data: 'text' });
    // @ts-expect-error -- a moment is text or a Date
    void client.phases.store.mutate({ ...scanned, completedAt: 5 });
    // @ts-expect-error -- not a query
    void client.phases.store.query;
  });
});

describe('retrieve', () => {
  it('takes an issue as number or digits, or none', () => {
    expectTypeOf<Parameters<typeof client.phases.retrieve.query>[0]>().toEqualTypeOf<{
      forge?: 'github' | 'gitlab' | undefined;
      repo: string;
      commit: string;
      issue?: number | string | undefined;
    }>();
  });

  it('gives each phase that has data, by issue, with the types of what it holds', () => {
    type Answer = Awaited<ReturnType<typeof client.phases.retrieve.query>>;
    expectTypeOf<Answer>().toEqualTypeOf<{
      scan?: RetrievedScan | undefined;
      validation?: Record<`issue-${number}`, RetrievedValidation> | undefined;
      mitigation?: Record<`issue-${number}`, RetrievedMitigation> | undefined;
    }>();
    const read = (known: Answer) => {
      expectTypeOf(known.scan?.vulnerabilities).toEqualTypeOf<RetrievedFinding[] | undefined>();
      expectTypeOf(known.scan?.vulnerabilities?.[0]?.line).toEqualTypeOf<number | undefined>();
      expectTypeOf(known.validation?.['issue-42']?.validated).toEqualTypeOf<boolean | undefined>();
      expectTypeOf(known.validation?.['issue-42']?.['anything']).toEqualTypeOf<JsonValue | undefined>();
      expectTypeOf(known.mitigation?.[`issue-${Number('42')}`]?.pr_url).toEqualTypeOf<string | undefined>();
      // @ts-expect-error -- issues are keyed issue-42
      void known.validation?.['42'];
      // @ts-expect-error -- the platform's name is validation
      void known.validate;
    };
    void read;
  });

  it('gives what a type of one’s own says', () => {
    interface Own {
      scan?: { findings: string[] };
    }
    const query = () => client.phases.retrieve.query<Own>(asked);
    expectTypeOf(query).returns.resolves.toEqualTypeOf<Own>();
    const byDefault = () => client.phases.retrieve.query(asked);
    expectTypeOf(byDefault).returns.resolves.toHaveProperty('mitigation');
  });

  it('takes the options of every call, and no idempotency key', () => {
    expectTypeOf<Parameters<typeof client.phases.retrieve.query>[1]>().toEqualTypeOf<CallOptions | undefined>();
    // @ts-expect-error -- nothing is stored
    void client.phases.retrieve.query(asked, { idempotencyKey: 'a-key' });
  });
});

describe('whoami', () => {
  it('takes no input and returns moments as Date', () => {
    expectTypeOf(client.whoami.query).toBeCallableWith();
    expectTypeOf(client.whoami.query).toBeCallableWith(undefined, { timeoutMs: 5 });
    expectTypeOf(client.whoami.query).returns.resolves.toEqualTypeOf<{
      customer: { id: string; name: string };
      apiKey: {
        id: string;
        name: string;
        lastFour: string;
        scopes: ('phases:read' | 'phases:write' | 'reports:read' | 'manage')[];
        repositories: string[] | null;
        rotatedFrom: string | null;
        createdAt: Date;
        expiresAt: Date | null;
        lastUsedAt: Date | null;
        revokedAt: Date | null;
      };
      forgeAccounts: {
        id: string;
        forge: 'github' | 'gitlab';
        namespace: string;
        verified: boolean;
        verifiedAt: Date | null;
        verifiedBy: 'operator' | 'workflow' | null;
      }[];
    }>();
  });
});

describe('lists', () => {
  type Page = { limit?: number | string | undefined; cursor?: string | null | undefined };

  it('take a page, or nothing', () => {
    expectTypeOf<Parameters<typeof client.keys.list.query>[0]>().toEqualTypeOf<Page | undefined | void>();
    expectTypeOf<Parameters<typeof client.forgeAccounts.list.query>[0]>().toEqualTypeOf<Page | undefined | void>();
    expectTypeOf(client.audit.list.query).toBeCallableWith();
    expectTypeOf(client.audit.list.query).toBeCallableWith({ outcome: 'refused', cursor: null }, { timeoutMs: 5 });
    // @ts-expect-error -- no such filter
    void client.keys.list.query({ name: 'ci' });
  });

  it('give an array and the next cursor', () => {
    type Keys = Awaited<ReturnType<typeof client.keys.list.query>>;
    expectTypeOf<keyof Keys>().toEqualTypeOf<'keys' | 'nextCursor'>();
    expectTypeOf<Keys['nextCursor']>().toEqualTypeOf<string | null>();
    expectTypeOf<keyof Awaited<ReturnType<typeof client.forgeAccounts.list.query>>>().toEqualTypeOf<
      'forgeAccounts' | 'nextCursor'
    >();
  });

  it('are read by eachPage with the same types', () => {
    const pages = eachPage(client.audit.list, { action: 'phase.store', limit: 200 }, { timeoutMs: 5 });
    expectTypeOf(pages).toEqualTypeOf<
      AsyncGenerator<Awaited<ReturnType<typeof client.audit.list.query>>, void, undefined>
    >();
    // @ts-expect-error -- no such action
    void eachPage(client.audit.list, { action: 'everything' });
    // @ts-expect-error -- not a list
    void eachPage(client.whoami);
  });
});

describe('createClient', () => {
  it('returns a Client with these names and no others', () => {
    expectTypeOf(createClient).returns.toEqualTypeOf<Client>();
    expectTypeOf<keyof Client>().toEqualTypeOf<
      'audit' | 'auth' | 'phases' | 'repositories' | 'executions' | 'keys' | 'forgeAccounts' | 'whoami'
    >();
    expectTypeOf<keyof Client['phases']>().toEqualTypeOf<'store' | 'retrieve'>();
    expectTypeOf<Parameters<Client['phases']['store']['mutate']>[1]>().toEqualTypeOf<MutationOptions | undefined>();
  });
});

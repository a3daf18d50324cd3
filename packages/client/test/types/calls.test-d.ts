// What callers of the typed client see, spelled out: changing any of it is a change for them.
import { createClient, type CallOptions, type Client, type JsonObject, type MutationOptions } from '@rsolv/client';
import { describe, expectTypeOf, it } from 'vitest';

const client = createClient();
const scanned = { phase: 'scan', repo: 'RSOLV-dev/demo', commitSha: '692f480c' } as const;
const asked = { repo: 'RSOLV-dev/demo', commit: '692f480c' } as const;

describe('store', () => {
  it('takes phases by either name, issues as number or digits, and times as text', () => {
    type Input = Parameters<typeof client.phases.store.mutate>[0];
    expectTypeOf<Input>().toEqualTypeOf<{
      forge?: 'github' | 'gitlab' | undefined;
      repo: string;
      phase: 'scan' | 'validation' | 'mitigation' | 'validate' | 'mitigate';
      commitSha: string;
      issueNumber?: number | string | null | undefined;
      branch?: string | null | undefined;
      status?: 'pending' | 'running' | 'completed' | 'failed' | undefined;
      startedAt?: string | null | undefined;
      completedAt?: string | null | undefined;
      errorMessage?: string | null | undefined;
      idempotencyKey?: string | null | undefined;
      data?: JsonObject | undefined;
    }>();
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

  it('refuses what the platform would refuse', () => {
    // @ts-expect-error -- no repository
    void client.phases.store.mutate({ phase: 'scan', commitSha: '692f480c' });
    // @ts-expect-error -- no such phase
    void client.phases.store.mutate({ ...scanned, phase: 'deploy' });
    // @ts-expect-error -- JSON carries no Date
    void client.phases.store.mutate({ ...scanned, data: { at: new Date() } });
    // @ts-expect-error -- a moment is text
    void client.phases.store.mutate({ ...scanned, completedAt: new Date() });
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

  it('gives each phase that has data, by issue, as JSON', () => {
    type Answer = Awaited<ReturnType<typeof client.phases.retrieve.query>>;
    expectTypeOf<Answer>().toEqualTypeOf<{
      scan?: JsonObject | undefined;
      validation?: Record<`issue-${number}`, JsonObject> | undefined;
      mitigation?: Record<`issue-${number}`, JsonObject> | undefined;
    }>();
    const read = (known: Answer) => {
      expectTypeOf(known.validation?.['issue-42']).toEqualTypeOf<JsonObject | undefined>();
      expectTypeOf(known.mitigation?.[`issue-${Number('42')}`]?.['pr_url']).toEqualTypeOf<JsonObject[string]>();
      // @ts-expect-error -- issues are keyed issue-42
      void known.validation?.['42'];
      // @ts-expect-error -- the platform's name is validation
      void known.validate;
    };
    void read;
  });

  it('takes what every call can be told, and no idempotency key', () => {
    expectTypeOf<Parameters<typeof client.phases.retrieve.query>[1]>().toEqualTypeOf<CallOptions | undefined>();
    // @ts-expect-error -- nothing is stored
    void client.phases.retrieve.query(asked, { idempotencyKey: 'a-key' });
  });
});

describe('whoami', () => {
  it('takes nothing and gives dates as Date', () => {
    expectTypeOf(client.whoami.query).toBeCallableWith();
    expectTypeOf(client.whoami.query).toBeCallableWith(undefined, { timeoutMs: 5 });
    expectTypeOf(client.whoami.query).returns.resolves.toEqualTypeOf<{
      customer: { id: string; name: string };
      apiKey: {
        id: string;
        name: string;
        lastFour: string;
        scopes: ('phases:read' | 'phases:write' | 'manage')[];
        repositories: string[] | null;
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

describe('createClient', () => {
  it('gives a Client, whose names are all there is', () => {
    expectTypeOf(createClient).returns.toEqualTypeOf<Client>();
    expectTypeOf<keyof Client>().toEqualTypeOf<'audit' | 'auth' | 'phases' | 'keys' | 'forgeAccounts' | 'whoami'>();
    expectTypeOf<keyof Client['phases']>().toEqualTypeOf<'store' | 'retrieve'>();
    expectTypeOf<Parameters<Client['phases']['store']['mutate']>[1]>().toEqualTypeOf<MutationOptions | undefined>();
  });
});

import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict';
import {
  AuthenticationError,
  ConflictError,
  RecordNotFoundError,
  createClient,
  eachPage,
  type CallOptions,
  type Client,
  type ClientOptions,
  type Fetch,
  type FetchAnswer,
  type FetchInit,
  type JsonObject,
  type JsonValue,
  type MutationOptions,
  type RequestEvent,
  type ResponseEvent,
  type RetrievedFinding,
  type RetrievedMitigation,
  type RetrievedScan,
  type RetrievedValidation,
  type RetryEvent,
} from '@rsolv/client';
import { commitSha, setting } from './setting.js';

const repo = `${setting('REPO')}-typed`;
const data: JsonObject = { vulnerabilities: [{ type: 'command_injection', filePath: 'Gruntfile.js', line: 14 }] };

/** Stores a scan and gives back its id. */
async function storeScan(client: Client, name: string, options?: MutationOptions): Promise<string> {
  const { id } = await client.phases.store.mutate({ phase: 'scan', repo: name, commitSha, data }, options);
  return id;
}

/** Steps of a program that uses the typed client. */
export const typedSteps: Record<string, () => Promise<void>> = {
  'stores and retrieves, with dates as dates': async () => {
    const client = createClient();
    deepEqual(await client.phases.retrieve.query({ repo, commit: commitSha }), {});
    match(await storeScan(client, repo), /^[\w-]{36}$/);
    const wait: CallOptions = { timeoutMs: 20_000, signal: new AbortController().signal };
    const { scan, validation } = await client.phases.retrieve.query({ repo, commit: commitSha, issue: 42 }, wait);
    const found: readonly RetrievedFinding[] = scan?.vulnerabilities ?? [];
    deepEqual(found, data['vulnerabilities']);
    const other: JsonValue | undefined = found[0]?.['anything'];
    equal(other, undefined);
    equal(validation?.['issue-42']?.validated, undefined);
    const { apiKey, forgeAccounts } = await client.whoami.query();
    ok(apiKey.createdAt.getTime() <= Date.now());
    ok(forgeAccounts.some(({ namespace, verified }) => verified && repo.startsWith(`${namespace}/`)));
  },

  'stores once where the connection died before its answer': async () => {
    const requests: RequestEvent[] = [];
    const responses: ResponseEvent[] = [];
    const retries: RetryEvent[] = [];
    const lines: string[] = [];
    const replayed: (string | null | undefined)[] = [];
    const traces: (string | null)[] = [];
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const watched: Fetch = async (url: string, init: FetchInit): Promise<FetchAnswer> => {
      traces.push(init.headers.get('traceparent'));
      const answer = await fetch(url, init);
      replayed.push(answer.headers.get('idempotency-replayed'));
      return answer;
    };
    const options: ClientOptions = {
      apiKey: setting('RSOLV_API_KEY'),
      baseUrl: setting('CUTTING_URL'),
      maxRetries: 2,
      retryDelayMs: (retry) => retry,
      fetch: watched,
      traceparent: () => trace,
      logger: { debug: (line) => lines.push(line), warn: (line) => lines.push(line) },
      onRequest: (event) => requests.push(event),
      onResponse: (event) => responses.push(event),
      onRetry: (event) => retries.push(event),
    };
    const id = await storeScan(createClient(options), `${repo}-cut`);
    deepEqual(replayed, ['true']);
    deepEqual(traces, [trace, trace]);
    deepEqual(
      requests.map(({ attempt }) => attempt),
      [1, 2],
    );
    equal(requests[0]?.idempotencyKey, requests[1]?.idempotencyKey);
    deepEqual(
      responses.map(({ status, attempt }) => [status, attempt]),
      [[200, 2]],
    );
    deepEqual(
      retries.map(({ error }) => error.name),
      ['ConnectionError'],
    );
    equal(lines.length, 1);
    const again = { idempotencyKey: requests[0]?.idempotencyKey };
    equal(await storeScan(createClient(), `${repo}-cut`, again), id);
    notEqual(await storeScan(createClient(), `${repo}-cut`), id);
  },

  'sends interfaces, Dates, and what is used twice': async () => {
    interface Finding {
      readonly type: string;
      readonly foundAt: Date;
    }
    interface Own {
      readonly scan?: { readonly vulnerabilities: readonly { readonly type: string; readonly foundAt: string }[] };
    }
    const client = createClient();
    const foundAt = new Date('2026-01-02T03:04:05Z');
    const finding: Finding = { type: 'xss', foundAt };
    const where = { repo: `${repo}-own`, commitSha };
    const vulnerabilities = [finding, finding];
    await client.phases.store.mutate({ phase: 'scan', ...where, data: { vulnerabilities }, completedAt: foundAt });
    const { scan } = await client.phases.retrieve.query<Own>({ repo: where.repo, commit: commitSha });
    const sent = { type: 'xss', foundAt: foundAt.toISOString() };
    deepEqual(scan?.vulnerabilities, [sent, sent]);
    const all: { scan?: RetrievedScan; validation?: object; mitigation?: object } = {
      scan: { vulnerabilities: [sent] },
    };
    const validated: RetrievedValidation = { validated: true };
    const mitigated: RetrievedMitigation = { pr_number: 7 };
    ok(all.scan && validated.validated && mitigated.pr_number);
    const itself: Record<string, unknown> = {};
    itself['o'] = itself;
    await rejects(client.phases.store.mutate({ phase: 'scan', ...where, data: itself }), /data\.o contains itself/);
  },

  'compresses what is large': async () => {
    const encodings: (string | null)[] = [];
    const watched: Fetch = (url, init) => {
      encodings.push(init.headers.get('content-encoding'));
      return fetch(url, init);
    };
    const large = { vulnerabilities: Array.from({ length: 2000 }, (_, line) => ({ type: 'größer ☃', line })) };
    const metadata = { repo: `${repo}-large`, commitSha };
    await createClient({ fetch: watched }).phases.store.mutate({ phase: 'scan', data: large, ...metadata });
    deepEqual(encodings, ['gzip']);
    deepEqual(await createClient().phases.retrieve.query({ repo: metadata.repo, commit: commitSha }), { scan: large });
  },

  'administers keys and forge accounts': async () => {
    const { keys, forgeAccounts } = createClient();
    const made = await keys.create.mutate({ name: 'nightly', scopes: ['phases:read'], expiresAt: null });
    equal(made.expiresAt, null);
    const next = await keys.rotate.mutate({ id: made.id, overlapHours: 0 });
    await rejects(createClient({ apiKey: made.apiKey }).whoami.query(), AuthenticationError);
    const { apiKey } = await createClient({ apiKey: next.apiKey }).whoami.query();
    deepEqual(apiKey.scopes, ['phases:read']);
    const { revokedAt } = await keys.revoke.mutate({ id: next.id });
    ok(revokedAt !== null && revokedAt.getTime() <= Date.now());
    const listed: string[] = [];
    for await (const page of eachPage(keys.list, { limit: 1 })) listed.push(...page.keys.map(({ id }) => id));
    ok(listed.includes(next.id) && listed.includes(made.id));
    await rejects(keys.rotate.mutate({ id: next.id }), ConflictError);
    await rejects(keys.revoke.mutate({ id: crypto.randomUUID() }), RecordNotFoundError);
    const claim = { namespace: `claim-${crypto.randomUUID().slice(0, 8)}` };
    equal((await forgeAccounts.add.mutate(claim)).verified, false);
    ok((await forgeAccounts.list.query()).forgeAccounts.some(({ namespace }) => namespace === claim.namespace));
    equal((await forgeAccounts.remove.mutate(claim)).namespace, claim.namespace);
  },
};

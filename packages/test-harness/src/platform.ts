// Runs the real application on a port for a test file, with the database of the running vitest project.
import { createServer } from 'node:http';
import type { Scope } from '@rsolv/shared/contract/api-key';
import { defaultStaleAfterMs } from '@rsolv/shared/contract/execution-state';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import { pino } from 'pino';
import { afterAll, inject } from 'vitest';
import { AuditTrail } from '@rsolv/server/audit/audit-trail';
import { createApp } from '@rsolv/server/http/app';
import { createKey } from '@rsolv/server/accounts/create-key';
import { KeyUses } from '@rsolv/server/access/key-use';
import { createCustomer } from '@rsolv/server/accounts/create-customer';
import { openDatabase, type Database } from '@rsolv/server/database/open-database';
import { ResponseBudget, type ResponseBudgetOptions } from '@rsolv/server/limits/response-budget';
import { FairSemaphore } from '@rsolv/server/limits/fair-semaphore';
import { logOptions } from '@rsolv/server/observability/log-options';
import { noMetrics, type Metrics } from '@rsolv/server/observability/metrics';
import { RateLimits, type RateLimitSettings } from '@rsolv/server/limits/rate-limits';
import { addForgeAccount } from '@rsolv/server/accounts/add-forge-account';
import { verifyForgeAccount } from '@rsolv/server/accounts/verify-forge-account';
import { makeReadinessCheck } from '@rsolv/server/lifecycle/readiness';
import type { Tracing } from '@rsolv/server/observability/tracing';
import type { Issuers } from '@rsolv/server/workflows/issuers';
import { by, keyRing } from './key-ring.ts';
import { createDataFolder } from './data-folder.ts';
import { createTestDatabase } from './shared-postgres.ts';

/** 1 MB, so that a test of a body over the limit is fast. */
export const testBodyLimitBytes = 1024 ** 2;

export interface TestPlatform extends AsyncDisposable {
  readonly url: string;
  readonly database: Database;
  readonly keyUses: KeyUses;
  readonly auditTrail: AuditTrail;
  /** Every line that was logged so far, as text. */
  readonly logged: readonly string[];
}

/** The options of a test's platform. By default, it has no limits that a test would reach, and no proxy. */
export interface TestPlatformOptions {
  readonly rateLimits?: Partial<RateLimitSettings>;
  /** The window of the rate limits. Tests that wait for the next window set a short one. */
  readonly windowSeconds?: number;
  readonly responses?: Partial<ResponseBudgetOptions>;
  /** How many calls of one customer may be in flight. */
  readonly concurrency?: number;
  readonly trustedProxies?: number;
  /** The trusted issuers of ID tokens. Default: none. */
  readonly issuers?: Issuers;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing;
}

/** The audience of ID tokens for every test platform. */
export const testPublicUrl = 'https://platform.test';

const noLimits = { perKey: 1e6, perCustomer: 1e6, failuresPerAddress: 1e6, storedBytes: 1e12, servers: 1 };

/**
 * Starts the application for the calling test file, on a database that test files share one after the other. Tests do not
 * affect each other: each creates its own customers, and a customer accesses only its own records. Call it at the top level
 * of a file.
 */
export async function testPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  const platform = await startServer(options);
  afterAll(() => platform[Symbol.asyncDispose]());
  return platform;
}

/** Starts another server on the database that test files share, for a test that needs other options than its file. */
export async function startServer(options: TestPlatformOptions): Promise<TestPlatform> {
  return startOn(await (sharedDatabase ??= openSharedDatabase()), () => Promise.resolve(), options);
}

/** Starts the application on a separate database, for tests that break it or count all of its rows. */
export async function startTestPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  const database = await openTestDatabase();
  return startOn(database, () => database.close(), options);
}

async function startOn(
  database: Database,
  closeDatabase: () => Promise<void>,
  options: TestPlatformOptions = {},
): Promise<TestPlatform> {
  const logged: string[] = [];
  const log = pino(logOptions('debug'), { write: (line: string) => void logged.push(line) });
  const keyUses = new KeyUses();
  const { trustedProxies = 0, windowSeconds = 60, issuers = new Map(), metrics = noMetrics, tracing } = options;
  const { maxBytes = 32 * 1024 ** 2, timeoutMs = 5_000 } = options.responses ?? {};
  const counters = { windowSeconds, maxKeys: 1000, firstCallTimeoutMs: timeoutMs };
  const rateLimits = new RateLimits({ ...noLimits, ...options.rateLimits }, counters);
  const responseBudget = new ResponseBudget({ maxBytes, timeoutMs });
  const concurrencyLimit = new FairSemaphore({ total: Infinity, perKey: options.concurrency ?? 10, timeoutMs });
  const auditTrail = new AuditTrail();
  const called = {
    publicUrls: [testPublicUrl],
    bodyLimitBytes: testBodyLimitBytes,
    staleAfterMs: defaultStaleAfterMs,
  } as const;
  const watched = { metrics, tracing } as const;
  const limited = { rateLimits, concurrencyLimit, responseBudget } as const;
  const platform = { database, keyRing, keyUses, auditTrail, issuers, ...limited, ...watched, ...called };
  const checkReadiness = makeReadinessCheck(database, { hasBegun: false });
  const server = createServer(createApp({ ...platform, log, checkReadiness, trustedProxies }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    database,
    keyUses,
    auditTrail,
    logged,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await closeDatabase();
    },
  };
}

let sharedDatabase: Promise<Database> | undefined;

/** Stays open until the process ends. Its data is deleted together with the template. */
async function openSharedDatabase(): Promise<Database> {
  const stayOpen = () => Promise.reject(new Error('Other files go on with this database: take startTestPlatform()'));
  return { ...(await openTestDatabase()), close: stayOpen };
}

/** Opens a migrated database that nobody else uses. A test may close it early, since it may be closed more than once. */
export async function openTestDatabase(): Promise<Database> {
  const database = await openCopy();
  let closed: Promise<void> | undefined;
  return { ...database, close: () => (closed ??= database.close()) };
}

async function openCopy(): Promise<Database> {
  if (inject('database') === 'pglite') return openDatabase({ kind: 'embedded', dataDir: await createDataFolder() });
  return openDatabase({ kind: 'postgres', url: await createTestDatabase(), poolSize: 20, timeoutMs: 10_000 });
}

/** A customer with an API key. */
export interface TestCustomer {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly apiKey: string;
  readonly apiKeyId: string;
}

let customers = 0;

/** The options of a test's customer. By default, it has a verified forge account for a unique namespace. */
export interface TestCustomerOptions {
  readonly namespace?: string;
  readonly forge?: ForgeType;
  readonly account?: 'verified' | 'unverified' | 'none';
  readonly expiresAt?: Date | null;
  readonly scopes?: readonly Scope[];
  readonly repositories?: readonly string[];
}

/** Creates a customer with an API key and, by default, a verified forge account. */
export async function makeCustomer(
  { database }: TestPlatform,
  options: TestCustomerOptions = {},
): Promise<TestCustomer> {
  const number = customers++;
  const { namespace = `owner-${number}`, forge = 'github', account = 'verified', expiresAt = null } = options;
  const em = database.fork();
  const customer = await createCustomer(em, `customer ${number}`, by);
  if (account !== 'none') await addForgeAccount(em, { customer, forge, namespace }, by);
  if (account === 'verified') await verifyForgeAccount(em, { customer, forge, namespace }, by);
  const { apiKey, secret } = await createKey(em, keyRing, { by, ...options, customer, name: 'test', expiresAt });
  return { id: customer.id, name: customer.name, namespace, apiKey: secret, apiKeyId: apiKey.id };
}

// A platform for a test file: the real application on a port, with a database of its own.
import { cpSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from '@rsolv/shared/api-key';
import type { ForgeType } from '@rsolv/shared/forge';
import { pino } from 'pino';
import { inject } from 'vitest';
import { AuditTrail } from '../../src/audit/audit-trail.ts';
import { createApp } from '../../src/app.ts';
import { createKey } from '../../src/customers/create-key.ts';
import { KeyUses } from '../../src/customers/key-use.ts';
import { createCustomer } from '../../src/customers/create-customer.ts';
import { openDatabase, type Database } from '../../src/database.ts';
import { addForgeAccount } from '../../src/forges/add-forge-account.ts';
import { verifyForgeAccount } from '../../src/forges/verify-forge-account.ts';
import { by, keyRing } from './key-ring.ts';
import { createDatabase } from './postgres-server.ts';

/** 1 MB, so that a body over the limit needs no patience. */
export const testBodyLimitBytes = 1024 ** 2;

export interface TestPlatform extends AsyncDisposable {
  readonly url: string;
  readonly database: Database;
  readonly keyUses: KeyUses;
  readonly auditTrail: AuditTrail;
  /** Every line that was logged so far, as text. */
  readonly logged: readonly string[];
}

/** Starts the application on the database of the running vitest project. */
export async function startTestPlatform(): Promise<TestPlatform> {
  const { database, remove } = await openTestDatabase();
  const logged: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) });
  const keyUses = new KeyUses();
  const auditTrail = new AuditTrail();
  const platform = { database, keyRing, keyUses, auditTrail, bodyLimitBytes: testBodyLimitBytes };
  const server = createServer(createApp({ ...platform, log }));
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
      await database.close();
      await remove();
    },
  };
}

/** A migrated database that nobody else uses. It may be closed more than once, so that tests can take it away. */
export async function openTestDatabase(): Promise<{ database: Database; remove: () => Promise<void> }> {
  const { database, remove } = await copyTemplate();
  let closed: Promise<void> | undefined;
  return { database: { ...database, close: () => (closed ??= database.close()) }, remove };
}

async function copyTemplate(): Promise<{ database: Database; remove: () => Promise<void> }> {
  const template = inject('databaseTemplate');
  if (template.kind === 'postgres') {
    const url = await createDatabase(template.url, template.template);
    return { database: await openDatabase({ kind: 'postgres', url, poolSize: 20 }), remove: () => Promise.resolve() };
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'rsolv-pglite-'));
  // A thousand small files: one after the other takes a fraction of what the asynchronous `cp` does.
  cpSync(template.dataDir, dataDir, { recursive: true });
  const database = await openDatabase({ kind: 'embedded', dataDir });
  return { database, remove: () => Promise.resolve(rmSync(dataDir, { recursive: true })) };
}

/** A customer as tests need one. */
export interface TestCustomer {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly apiKey: string;
  readonly apiKeyId: string;
}

let customers = 0;

/** What a test wants its customer to have; by default a namespace of its own, verified. */
export interface TestCustomerOptions {
  readonly namespace?: string;
  readonly forge?: ForgeType;
  readonly account?: 'verified' | 'unverified' | 'none';
  readonly expiresAt?: Date | null;
  readonly scopes?: readonly Scope[];
  readonly repositories?: readonly string[];
}

/** Makes a customer with a key and, unless told otherwise, a verified forge account. */
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

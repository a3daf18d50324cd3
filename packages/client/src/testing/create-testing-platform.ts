import { answer } from './answer.ts';
import { Customers } from './customers.ts';
import { Executions } from './executions.ts';
import { idSource } from './id-source.ts';
import { answerAway, connectionError, noAnswer, Outages, type Outage } from './outage.ts';
import type { StoredExecution } from './stored-execution.ts';
import { addTestingCustomer, type TestingCustomer, type TestingCustomerOptions } from './testing-customer.ts';

/** How a platform in memory is made. */
export interface TestingPlatformOptions {
  /** The address that it answers at. Default: `https://rsolv.test`, which nothing else can be at. */
  readonly baseUrl?: string | undefined;
  /** Its clock. Default: the system's, also where a test has faked that. */
  readonly now?: (() => Date) | undefined;
  /** How large a body may be. Default: 10 MB, as the platform's. */
  readonly bodyLimitBytes?: number | undefined;
}

/** A platform in memory. */
export interface TestingPlatform {
  /** For the clients' `baseUrl`, or for `RSOLV_API_URL`. */
  readonly baseUrl: string;
  /**
   * For the clients' `fetch`, or for the global one: answers what is sent to `baseUrl`, and rejects as where there is no
   * network what is sent elsewhere.
   */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Copies of everything that was stored, in the order in which it came. */
  readonly executions: readonly StoredExecution[];
  /**
   * Adds a customer with a key.
   *
   * @throws Error where its name or key is taken, or another customer holds one of its namespaces
   */
  readonly addCustomer: (options?: TestingCustomerOptions) => TestingCustomer;
  /**
   * Is away from the next request on.
   *
   * @throws RangeError where `outage` has a number that can't be
   */
  readonly goAway: (outage?: Outage) => void;
  /** Is there again. */
  readonly comeBack: () => void;
  /** Forgets what was stored, and is there again. Customers stay as they are. */
  readonly reset: () => void;
}

/**
 * Makes a platform in memory that answers as the real one does, for tests of code that uses this package. It opens no
 * connection, keeps no timer, and shares nothing with another one.
 *
 * @throws TypeError where `baseUrl` is no address
 * @example
 * ```ts
 * import { PhaseDataClient } from '@rsolv/client';
 * import { createTestingPlatform } from '@rsolv/client/testing';
 *
 * const platform = createTestingPlatform();
 * const { apiKey } = platform.addCustomer({ namespaces: ['acme'] });
 * const client = new PhaseDataClient(apiKey, platform.baseUrl, { fetch: platform.fetch });
 *
 * const metadata = { repo: 'acme/shop', commitSha: '692f480' };
 * await client.storePhaseResults('scan', { scan: { vulnerabilities: [] } }, metadata);
 * console.log(platform.executions[0]?.repo); // acme/shop
 * ```
 */
export function createTestingPlatform(options: TestingPlatformOptions = {}): TestingPlatform {
  const { now = () => new Date(), bodyLimitBytes = 10 * 1024 ** 2 } = options;
  const baseUrl = new URL(options.baseUrl ?? 'https://rsolv.test').href.replace(/\/+$/, '');
  const makeId = idSource(now);
  const customers = new Customers(makeId, now);
  const executions = new Executions(makeId, now);
  const outages = new Outages();

  const carryOut = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    return answer(
      { customers, executions, makeId, now, publicUrl: baseUrl },
      {
        bodyLimitBytes,
        method: request.method,
        path: pathname.slice(new URL(baseUrl).pathname.replace(/\/$/, '').length),
        query: search,
        getHeader: (name) => request.headers.get(name) ?? undefined,
        bytes: new Uint8Array(await request.arrayBuffer()),
      },
    );
  };

  return {
    baseUrl,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const signal = init?.signal ?? request.signal;
      signal.throwIfAborted();
      requireOwn(request.url, baseUrl);
      const outage = outages.next();
      const { as = 'no connection' } = outage ?? {};
      if (outage === undefined) return carryOut(request);
      if (typeof as === 'number') return answerAway(as, outage, makeId());
      if (as === 'no connection') throw connectionError('ECONNREFUSED');
      if (as === 'no answer') return noAnswer(signal);
      await carryOut(request);
      throw connectionError('ECONNRESET');
    },
    get executions() {
      return executions.list();
    },
    addCustomer: (added = {}) => addTestingCustomer(customers, added),
    goAway: (outage = {}) => outages.begin(outage),
    comeBack: () => outages.end(),
    reset: () => {
      executions.clear();
      outages.end();
    },
  };
}

function requireOwn(url: string, baseUrl: string): void {
  if (url === baseUrl || (url.startsWith(baseUrl) && /^[/?#]/.test(url.slice(baseUrl.length)))) return;
  const { origin, pathname } = new URL(url);
  throw new TypeError(`fetch failed: the platform in memory answers at ${baseUrl} alone, not at ${origin}${pathname}`);
}

import { answer } from './answer.ts';
import { Customers } from './customers.ts';
import { Executions } from './executions.ts';
import { KeyedMutations } from './keyed-mutations.ts';
import { idSource } from './id-source.ts';
import { connectionError, hang, outageResponse, Outages, type Outage } from './outage.ts';
import type { StoredExecution } from './stored-execution.ts';
import { addTestingCustomer, type TestingCustomer, type TestingCustomerOptions } from './testing-customer.ts';

/** The options of a platform in memory. */
export interface TestingPlatformOptions {
  /** The address of the platform. Default: `https://rsolv.test`, a reserved name. */
  readonly baseUrl?: string | undefined;
  /** The clock. Default: `new Date()`, so that fake timers apply. */
  readonly now?: (() => Date) | undefined;
  /** The size limit of a body, in bytes. Default: 10 MB, as on the server. */
  readonly bodyLimitBytes?: number | undefined;
}

/** A platform in memory. */
export interface TestingPlatform {
  /** The address, for a client's `baseUrl` or for `RSOLV_API_URL`. */
  readonly baseUrl: string;
  /**
   * For a client's `fetch`, or for the global one. Answers requests to `baseUrl`, and rejects all others as `fetch` does
   * without a network.
   */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Copies of all stored results, in the order of the stores. */
  readonly executions: readonly StoredExecution[];
  /**
   * Adds a customer with an API key.
   *
   * @throws Error if its name or key exists, or another customer has a verified forge account for one of its namespaces
   */
  readonly addCustomer: (options?: TestingCustomerOptions) => TestingCustomer;
  /**
   * Begins an outage with the next request.
   *
   * @throws RangeError if a number of `outage` is out of range
   */
  readonly goAway: (outage?: Outage) => void;
  /** Ends the outage. */
  readonly comeBack: () => void;
  /** Deletes all stored results and ends the outage. Customers are kept. */
  readonly reset: () => void;
}

/**
 * Creates a platform in memory that answers like the real one, for tests of code that uses this package. It opens no
 * connection, starts no timer and shares no state with other platforms.
 *
 * @throws TypeError if `baseUrl` is not a URL
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
  const keyedMutations = new KeyedMutations(now);
  const outages = new Outages();

  const carryOut = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    return answer(
      { customers, executions, keyedMutations, makeId, now, publicUrl: baseUrl },
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
      requireBaseUrl(request.url, baseUrl);
      const outage = outages.next();
      const { as = 'no connection' } = outage ?? {};
      if (outage === undefined) return carryOut(request);
      if (typeof as === 'number') return outageResponse(as, outage, makeId());
      if (as === 'no connection') throw connectionError('ECONNREFUSED');
      if (as === 'no answer') return hang(signal);
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

function requireBaseUrl(url: string, baseUrl: string): void {
  if (url === baseUrl || (url.startsWith(baseUrl) && /^[/?#]/.test(url.slice(baseUrl.length)))) return;
  const { origin, pathname } = new URL(url);
  throw new TypeError(`fetch failed: the platform in memory answers only at ${baseUrl}, not at ${origin}${pathname}`);
}

// What a caller can be refused with: one class per code, in the words that callers read.
import type { ErrorCode, ErrorDetail } from './error-code.ts';

/** How much a message says at most, whatever it quotes. */
const maxMessage = 4000;

/** How many fields at fault are told of, and how much of each. */
const maxDetails = 20;
const maxDetail = 500;
/** Room for two hundred levels. */
const maxPath = 1000;

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text);

/** An error whose message is written for the person who reads it. Callers see the code, message and details. */
export abstract class PlatformError extends Error {
  abstract readonly code: ErrorCode;
  readonly details: readonly ErrorDetail[] | undefined;

  constructor(message: string, { details, ...options }: ErrorOptions & { details?: readonly ErrorDetail[] } = {}) {
    super(cut(message, maxMessage), options);
    this.name = new.target.name;
    this.details = details;
  }
}

/** Fields are missing or wrong. The message carries the details, for those who read only that. */
export class InvalidInputError extends PlatformError {
  readonly code = 'INVALID_INPUT';

  constructor(faults: readonly ErrorDetail[], options?: ErrorOptions) {
    const details = briefly(faults);
    super(details.map(({ path, message }) => `${path === '' ? 'The input' : path} ${message}`).join('; '), {
      ...options,
      details,
    });
  }
}

/** The first of many, and how many more there are. */
function briefly(faults: readonly ErrorDetail[]): ErrorDetail[] {
  // One more says as little as that there is one.
  const shown = faults.length > maxDetails + 1 ? faults.slice(0, maxDetails) : faults;
  const details = shown.map(({ path, message }) => ({ path: cut(path, maxPath), message: cut(message, maxDetail) }));
  const more = faults.length - shown.length;
  return more > 0 ? [...details, { path: '', message: `has ${more} more faults` }] : details;
}

/** The body is not what its headers say: broken JSON, UTF-8 or gzip. */
export class MalformedBodyError extends PlatformError {
  readonly code = 'MALFORMED_BODY';
}

/** No key came with the request. */
export class ApiKeyMissingError extends PlatformError {
  readonly code = 'API_KEY_MISSING';

  constructor() {
    super('Send an API key, as the header "x-api-key: <key>" or "Authorization: Bearer <key>".');
  }
}

/** No customer has this key. */
export class ApiKeyUnknownError extends PlatformError {
  readonly code = 'API_KEY_UNKNOWN';

  constructor() {
    super('There is no such API key. Compare it with the one you were given; keys belong to one platform address.');
  }
}

/** The key's own checksum says that it is none. */
export class ApiKeyMistypedError extends PlatformError {
  readonly code = 'API_KEY_UNKNOWN';

  constructor() {
    super("This API key has a character too many, too few or wrong: its checksum doesn't fit. Copy it again.");
  }
}

/** The key was revoked. */
export class ApiKeyRevokedError extends PlatformError {
  readonly code = 'API_KEY_REVOKED';

  constructor() {
    super('This API key was revoked. Use another key of the customer, or have a new one made.');
  }
}

/** The key counted until a moment that has passed. */
export class ApiKeyExpiredError extends PlatformError {
  readonly code = 'API_KEY_EXPIRED';

  constructor() {
    super('This API key has expired. Have a new one made.');
  }
}

/** The key or the namespace is good, but its customer was deactivated. */
export class CustomerInactiveError extends PlatformError {
  readonly code = 'CUSTOMER_INACTIVE';

  constructor(whose: 'API key' | 'namespace' = 'API key') {
    super(`This ${whose}'s customer is deactivated. Ask the platform's operator to activate it again.`);
  }
}

/** The key counts, but not for this. */
export class ScopeMissingError extends PlatformError {
  readonly code = 'SCOPE_MISSING';

  constructor({ needed, scopes }: { needed: string; scopes: readonly string[] }) {
    super(
      `This API key has the scopes ${scopes.join(', ')}, and this needs ${needed}. Use a key that has it, or have one made.`,
    );
  }
}

/** The key counts, but not for this repository. */
export class RepositoryNotAllowedError extends PlatformError {
  readonly code = 'REPOSITORY_NOT_ALLOWED';

  constructor({ wanted, allowed }: { wanted: string; allowed: readonly string[] }) {
    super(
      `This API key is restricted to ${allowed.slice(0, 5).join(', ')}${allowed.length > 5 ? ', …' : ''} and may not reach ${wanted}. ` +
        'Use a key that may, or have one made.',
    );
  }
}

/** What a customer needs to know about the forge account that it lacks. */
interface ForgeAccountFacts {
  readonly forge: string;
  readonly namespace: string;
  readonly customer: string;
}

/** A forge account that the customer does have. */
export interface ExistingForgeAccount {
  readonly forge: string;
  readonly namespace: string;
  readonly verified: boolean;
}

/** The customer has no forge account for the repository's namespace. */
export class ForgeAccountMissingError extends PlatformError {
  readonly code = 'FORGE_ACCOUNT_MISSING';

  constructor({ forge, namespace, customer, others }: ForgeAccountFacts & { others: readonly ExistingForgeAccount[] }) {
    const names = others.map((held) => `${held.forge} ${held.namespace}${held.verified ? '' : ' (unverified)'}`);
    const held = names.length === 0 ? 'It has none yet' : `It has ${cut(names.join(', '), maxDetail)}`;
    const above = namespace.includes('/') ? ', nor for a group above it' : '';
    super(
      `The customer "${customer}" has no ${forge} forge account for "${namespace}"${above}. ${held}. ` +
        `Ask the platform's operator to add and verify it: rsolv forge add --customer "${customer}" --forge ${forge} --namespace ${namespace}`,
    );
  }
}

/** The customer has that forge account, but it gives no access yet. */
export class ForgeAccountUnverifiedError extends PlatformError {
  readonly code = 'FORGE_ACCOUNT_UNVERIFIED';

  constructor({ forge, namespace, customer }: ForgeAccountFacts) {
    super(
      `The customer "${customer}" has the ${forge} forge account "${namespace}", but it is not verified. ` +
        `Let a workflow in it verify it, as POST /api/v1/forge-accounts says, or ask the platform's operator: rsolv forge verify --customer "${customer}" --forge ${forge} --namespace ${namespace}`,
    );
  }
}

/** There is no such route or procedure. */
export class RouteNotFoundError extends PlatformError {
  readonly code = 'NOT_FOUND';
}

/** There is, but not with this method. */
export class MethodNotAllowedError extends PlatformError {
  readonly code = 'METHOD_NOT_ALLOWED';
}

/** No customer, key or forge account is called that. */
export class RecordNotFoundError extends PlatformError {
  readonly code = 'RECORD_NOT_FOUND';
}

/** There is one already, or another customer holds it. */
export class ConflictError extends PlatformError {
  readonly code = 'CONFLICT';
}

/** The same store is still being carried out, by this server or another. */
export class StoreInFlightError extends PlatformError {
  readonly code = 'STORE_IN_FLIGHT';

  constructor(options?: ErrorOptions) {
    super('The first request with this Idempotency-Key is still being carried out. Try again in a moment.', options);
  }
}

/** The key was sent with another store before. */
export class IdempotencyKeyReusedError extends PlatformError {
  readonly code = 'IDEMPOTENCY_KEY_REUSED';

  constructor() {
    super(
      'Another store was sent under this Idempotency-Key within the last 24 hours. Choose a new key for each store.',
    );
  }
}

/** Too many calls within a minute, by one key, one customer or, where authentication failed, one address; too much stored within a day. */
export class RateLimitedError extends PlatformError {
  readonly code = 'RATE_LIMITED';

  constructor({ policy, limit, resetSeconds }: { policy: string; limit: number; resetSeconds: number }) {
    const who = {
      key: `This API key has made more than ${limit} calls within a minute`,
      customer: `This API key's customer has made more than ${limit} calls within a minute`,
      storage: `This API key's customer has stored its ${limit} bytes within a day`,
    }[policy];
    super(
      `${who ?? `${limit} calls from this address came without a good API key within a minute`}. ` +
        `Try again in ${resetSeconds} second${resetSeconds === 1 ? '' : 's'}.`,
    );
  }
}

/** The body is larger than the limit. */
export class PayloadTooLargeError extends PlatformError {
  readonly code = 'PAYLOAD_TOO_LARGE';
}

/** The body is not JSON by its headers, or packed in a way that is not read. */
export class UnsupportedMediaTypeError extends PlatformError {
  readonly code = 'UNSUPPORTED_MEDIA_TYPE';
}

/** Too much is under way, of one customer or of all, and the wait in line became too long. */
export class ServerBusyError extends PlatformError {
  readonly code = 'SERVER_BUSY';

  /** @param what is too much, as in "statements" */
  constructor(what: string) {
    super(`The server has too much under way: ${what}. Try again in a moment, with fewer at once.`);
  }
}

/** The database is out of reach. What exactly is wrong goes to the log, not to the caller. */
export class DatabaseUnavailableError extends PlatformError {
  readonly code = 'DATABASE_UNAVAILABLE';

  constructor(options?: ErrorOptions) {
    super('The database is out of reach for now. Nothing was stored; try again in a moment.', options);
  }
}

/** The platform can't do its work yet, or for now; the details say what is missing. */
export class NotReadyError extends PlatformError {
  readonly code = 'NOT_READY';

  constructor(obstacles: readonly ErrorDetail[]) {
    super(`Not ready: ${obstacles.map(({ path, message }) => `the ${path} ${message}`).join('; ')}.`, {
      details: obstacles,
    });
  }
}

/** A fault of the platform. What exactly is wrong goes to the log, not to the caller. */
export class InternalError extends PlatformError {
  readonly code = 'INTERNAL_ERROR';

  constructor(options?: ErrorOptions) {
    super('The platform failed to handle this request. Report the request id if it goes on.', options);
  }
}

import {
  AccessDeniedError,
  AuthenticationError,
  CancelledError,
  ConfigurationError,
  ConflictError,
  ConnectionError,
  ForgeAccountMissingError,
  ForgeAccountUnverifiedError,
  IdempotencyKeyReusedError,
  InvalidRequestError,
  PayloadTooLargeError,
  PlatformFaultError,
  PlatformUnavailableError,
  RateLimitedError,
  RecordNotFoundError,
  RouteNotFoundError,
  RsolvError,
  StoreInFlightError,
  TimeoutError,
  UnexpectedAnswerError,
  isRsolvError,
  type ClientErrorCode,
  type ErrorCode,
  type ErrorDetail,
  type ErrorFacts,
  type RsolvErrorCode,
} from '@rsolv/client';

const operatorsToMend = [ForgeAccountMissingError, ForgeAccountUnverifiedError, AccessDeniedError, AuthenticationError];
const callersToMend = [
  ConfigurationError,
  ConflictError,
  IdempotencyKeyReusedError,
  InvalidRequestError,
  PayloadTooLargeError,
  RecordNotFoundError,
  RouteNotFoundError,
  UnexpectedAnswerError,
];
const laterMaybe = [
  ConnectionError,
  PlatformFaultError,
  PlatformUnavailableError,
  RateLimitedError,
  StoreInFlightError,
  TimeoutError,
];

const ownCodes: readonly ClientErrorCode[] = [
  'CONFIGURATION',
  'CONNECTION_FAILED',
  'TIMED_OUT',
  'CANCELLED',
  'HTTP_418',
];

const operators: readonly ErrorCode[] = ['SCOPE_MISSING', 'CUSTOMER_INACTIVE'];

/** Who can mend it, and what it is. */
export function explain(thrown: unknown): string {
  if (!isRsolvError(thrown)) return String(thrown);
  const { name, code, message, status, requestId, details } = thrown;
  const isOf = (classes: readonly (abstract new (facts: ErrorFacts) => RsolvError)[]) =>
    classes.some((each) => thrown instanceof each);
  const known: RsolvErrorCode = code;
  const fields = details.map(({ path, message }: ErrorDetail) => `${path} ${message}`).join('; ');
  const copy = thrown instanceof RsolvError ? '' : ', of another copy of the package';
  const from = ownCodes.some((own) => own === known) ? 'client' : `answer ${status ?? ''} ${requestId ?? ''}`;
  const text = `${name}: ${message} (${known}, ${from}${fields}${copy})`;
  if (thrown instanceof CancelledError) return `nobody: ${text}`;
  if (isOf(operatorsToMend) || operators.some((each) => each === known)) return `operator: ${text}`;
  if (isOf(callersToMend)) return `caller: ${text}`;
  return `${isOf(laterMaybe) && thrown.retryable ? 'later' : 'platform'}: ${text}`;
}

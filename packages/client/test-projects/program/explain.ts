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
  UnrepresentableDataError,
  isRsolvError,
  type ClientErrorCode,
  type ErrorCode,
  type ErrorDetail,
  type ErrorFacts,
  type RsolvErrorCode,
} from '@rsolv/client';

const fixedByOperator = [ForgeAccountMissingError, ForgeAccountUnverifiedError, AccessDeniedError, AuthenticationError];
const fixedByCaller = [
  ConfigurationError,
  ConflictError,
  IdempotencyKeyReusedError,
  InvalidRequestError,
  PayloadTooLargeError,
  RecordNotFoundError,
  RouteNotFoundError,
  UnexpectedAnswerError,
  UnrepresentableDataError,
];
const possiblyTransient = [
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

const operatorCodes: readonly ErrorCode[] = ['SCOPE_MISSING', 'CUSTOMER_INACTIVE'];

/** Says who can fix an error, and describes it. */
export function explain(thrown: unknown): string {
  if (!isRsolvError(thrown)) return String(thrown);
  const { name, code, message, status, requestId, details } = thrown;
  const isOf = (classes: readonly (abstract new (facts: ErrorFacts) => RsolvError)[]) =>
    classes.some((each) => thrown instanceof each);
  const known: RsolvErrorCode = code;
  const fields = details.map(({ path, message }: ErrorDetail) => `${path} ${message}`).join('; ');
  const copy = thrown instanceof RsolvError ? '' : ', from another copy of the package';
  const from = ownCodes.some((own) => own === known) ? 'client' : `answer ${status ?? ''} ${requestId ?? ''}`;
  const text = `${name}: ${message} (${known}, ${from}${fields}${copy})`;
  if (thrown instanceof CancelledError) return `nobody: ${text}`;
  if (isOf(fixedByOperator) || operatorCodes.some((each) => each === known)) return `operator: ${text}`;
  if (isOf(fixedByCaller)) return `caller: ${text}`;
  return `${isOf(possiblyTransient) && thrown.retryable ? 'later' : 'platform'}: ${text}`;
}

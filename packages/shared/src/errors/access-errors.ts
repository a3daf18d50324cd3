// Errors of authentication and access control: why a request with an API key is refused.
import { maxDetailLength, PlatformError, truncate } from './platform-error.ts';

/** Thrown where a request has no API key. */
export class ApiKeyMissingError extends PlatformError {
  readonly code = 'API_KEY_MISSING';

  constructor() {
    super('The request has no API key. Send it in the header "x-api-key: <key>" or "Authorization: Bearer <key>".');
  }
}

/** Thrown where no customer has this API key. */
export class ApiKeyUnknownError extends PlatformError {
  readonly code = 'API_KEY_UNKNOWN';

  constructor() {
    super(
      'Unknown API key. Check that you copied the whole key, and that it was created on this platform: a key is valid on one platform only.',
    );
  }
}

/** Thrown where the checksum in an API key of this platform's format does not match. */
export class ApiKeyMistypedError extends PlatformError {
  readonly code = 'API_KEY_UNKNOWN';

  constructor() {
    super(
      'Unknown API key: its checksum does not match, so a character is missing, added or wrong. Copy the whole key again.',
    );
  }
}

/** Thrown where the API key is revoked. */
export class ApiKeyRevokedError extends PlatformError {
  readonly code = 'API_KEY_REVOKED';

  constructor() {
    super('The API key is revoked. Use another key of the customer, or create a new one with `rsolv key create`.');
  }
}

/** Thrown where the API key has expired. */
export class ApiKeyExpiredError extends PlatformError {
  readonly code = 'API_KEY_EXPIRED';

  /** @param isWorkflowKey whether the key was issued to a workflow for its ID token */
  constructor(expiresAt: Date, isWorkflowKey = false) {
    const [date, time = ''] = expiresAt.toISOString().split('T');
    super(
      `The API key expired on ${date} at ${time.slice(0, 5)} UTC. ` +
        (isWorkflowKey
          ? 'Exchange a new ID token of the workflow for a new key.'
          : 'Create a new one with `rsolv key create`. Rotate keys before they expire.'),
    );
  }
}

/** Thrown where the customer of the API key, or of the workflow's namespace, is deactivated. */
export class CustomerInactiveError extends PlatformError {
  readonly code = 'CUSTOMER_INACTIVE';

  constructor(whose: 'API key' | 'namespace' = 'API key') {
    super(
      `The customer of this ${whose} is deactivated. Ask the platform's operator to activate it with \`rsolv customer activate\`.`,
    );
  }
}

/** Thrown where the API key is valid, but has none of the scopes that allow the call. */
export class ScopeMissingError extends PlatformError {
  readonly code = 'SCOPE_MISSING';

  /** @param facts the scopes of which one is needed, the best one last, and those of the key */
  constructor({ needed, scopes }: { needed: readonly string[]; scopes: readonly string[] }) {
    const anyOf = needed.join(' or ');
    super(
      `The API key lacks the scope ${anyOf}; it has ${scopes.join(', ')}. ` +
        `Use a key with the scope ${anyOf}, or create one with \`rsolv key create --scopes ${needed.at(-1)}\`.`,
    );
  }
}

/** Thrown where the API key is valid, but restricted to other repositories. */
export class RepositoryNotAllowedError extends PlatformError {
  readonly code = 'REPOSITORY_NOT_ALLOWED';

  constructor({ wanted, allowed }: { wanted: string; allowed: readonly string[] }) {
    super(
      `The API key may not access ${wanted}; it is restricted to ${allowed.slice(0, 5).join(', ')}${allowed.length > 5 ? ` and ${allowed.length - 5} more` : ''}. ` +
        'Use another key, or create one for this repository with `rsolv key create --repositories`.',
    );
  }
}

/** A customer's forge account, as messages name it. */
interface ForgeAccountFacts {
  readonly forge: string;
  readonly namespace: string;
  readonly customer: string;
}

const accountOptions = ({ forge, namespace, customer }: ForgeAccountFacts) =>
  `--customer "${customer}" --forge ${forge} --namespace ${namespace}`;

/** A forge account that the customer has. */
export interface ExistingForgeAccount {
  readonly forge: string;
  readonly namespace: string;
  readonly verified: boolean;
}

/** Thrown where the customer has no forge account for the repository's namespace, nor for a group that contains it. */
export class ForgeAccountMissingError extends PlatformError {
  readonly code = 'FORGE_ACCOUNT_MISSING';

  constructor({ forge, namespace, customer, others }: ForgeAccountFacts & { others: readonly ExistingForgeAccount[] }) {
    const names = others.map((other) => `${other.forge} ${other.namespace}${other.verified ? '' : ' (unverified)'}`);
    const existing =
      names.length === 0 ? 'It has no forge accounts yet' : `It has ${truncate(names.join(', '), maxDetailLength)}`;
    const groups = namespace.includes('/') ? ', nor for a group that contains it' : '';
    const account = accountOptions({ forge, namespace, customer });
    super(
      `Customer "${customer}" has no ${forge} forge account for "${namespace}"${groups}. ${existing}. ` +
        "Add it with POST /api/v1/forge-accounts and verify it from a workflow, or ask the platform's operator to run " +
        `\`rsolv forge add ${account}\` and \`rsolv forge verify ${account}\`. ` +
        'For a new embedded server, RSOLV_NAMESPACE names the namespace that its first customer gets.',
    );
  }
}

/** Thrown where the customer has a forge account for the repository's namespace, but it is not verified. */
export class ForgeAccountUnverifiedError extends PlatformError {
  readonly code = 'FORGE_ACCOUNT_UNVERIFIED';

  constructor({ forge, namespace, customer }: ForgeAccountFacts) {
    super(
      `The ${forge} forge account "${namespace}" of customer "${customer}" is not verified. ` +
        "Verify it from a workflow in the namespace (see POST /api/v1/forge-accounts), or ask the platform's operator to " +
        `run \`rsolv forge verify ${accountOptions({ forge, namespace, customer })}\`.`,
    );
  }
}

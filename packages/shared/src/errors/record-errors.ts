// Errors about a customer's records: API keys, forge accounts and customers themselves. Callers and operators read them.
import { ConflictError, RecordNotFoundError } from './platform-error.ts';

/** A forge account, as messages name it. */
interface ForgeAccountFacts {
  /** The customer's name. */
  readonly customer: string;
  readonly forge: string;
  readonly namespace: string;
}

/** Thrown where no customer has the given name or id. */
export class CustomerNotFoundError extends RecordNotFoundError {
  constructor(nameOrId: string) {
    super(`Customer "${nameOrId}" not found. List all customers with \`rsolv customer list\`.`);
  }
}

/** Thrown where a customer of that name exists; names are unique. */
export class CustomerExistsError extends ConflictError {
  constructor(name: string, options?: ErrorOptions) {
    super(
      `Customer "${name}" already exists. Choose another name, or list all customers with \`rsolv customer list\`.`,
      options,
    );
  }
}

/** Thrown where the customer has no API key with the given id. */
export class ApiKeyNotFoundError extends RecordNotFoundError {
  constructor(id: string) {
    super(`API key with id "${id}" not found. List the ids with \`rsolv key list\` or GET /api/v1/keys.`);
  }
}

/** Thrown where the customer has no repository with the given id or name. */
export class RepositoryNotFoundError extends RecordNotFoundError {
  constructor(idOrName: string) {
    super(
      `Repository "${idOrName}" not found. List the repositories with \`rsolv repository list\` or GET /api/v1/repositories.`,
    );
  }
}

/** Thrown where a repository would get the name of another one that results are stored for. */
export class RepositoryExistsError extends ConflictError {
  constructor(name: string) {
    super(
      `Results are already stored for another repository "${name}", so no repository can be renamed to it: ` +
        'their executions would be mixed.',
    );
  }
}

/** Thrown where the caller may read no execution with the given id. */
export class ExecutionNotFoundError extends RecordNotFoundError {
  constructor(id: string) {
    super(`Execution with id "${id}" not found. List the ids with \`rsolv execution list\` or GET /api/v1/executions.`);
  }
}

/** Thrown where a store would update an execution that has ended. */
export class ExecutionEndedError extends ConflictError {
  constructor({ id, status }: { readonly id: string; readonly status: string }) {
    super(
      `Execution "${id}" has already ended, with the status ${status}, so it can't be updated. ` +
        'Leave executionId out to store a new execution.',
    );
  }
}

/** Thrown where a store would update an execution of another phase, repository or issue. */
export class OtherExecutionError extends ConflictError {
  constructor(id: string) {
    super(
      `Execution "${id}" belongs to another phase, repository or issue than this store. ` +
        'Send the id that the store of the same phase, repository and issue returned, or leave executionId out.',
    );
  }
}

/** Thrown where a revoked or expired API key is rotated. */
export class ApiKeyNoLongerValidError extends ConflictError {
  constructor({ name, lastFour }: { readonly name: string; readonly lastFour: string }) {
    super(
      `API key "${name}" (…${lastFour}) is revoked or has expired, so it can't be rotated. ` +
        'Create a new key with `rsolv key create` or POST /api/v1/keys.',
    );
  }
}

/** Thrown where a call that created an API key is repeated with its `Idempotency-Key`, although the key was received and used. */
export class ApiKeyReceivedError extends ConflictError {
  constructor({ name, lastFour }: { readonly name: string; readonly lastFour: string }) {
    super(
      `This Idempotency-Key has created the API key "${name}" (…${lastFour}), which has been used since. ` +
        'Send a new Idempotency-Key to create another one.',
    );
  }
}

/** Thrown where a workflow's API key is rotated: a workflow gets a new key for each ID token. */
export class WorkflowKeyNotRotatableError extends ConflictError {
  constructor() {
    super(
      "This API key was issued to a workflow, so it can't be rotated: the workflow's next run gets a new key for its ID token. " +
        'You can revoke it.',
    );
  }
}

/** Thrown where an imported API key is already known, whichever customer it belongs to; the message does not tell whose it is. */
export class ApiKeyExistsError extends ConflictError {
  constructor(options?: ErrorOptions) {
    super(
      'This API key is already in use. Each key belongs to one customer and is imported once; import another key.',
      options,
    );
  }
}

/** Thrown where the customer has as many valid API keys as it may have. */
export class ApiKeyQuotaExceededError extends ConflictError {
  /** @param quota how many valid API keys a customer may have */
  constructor(quota: number) {
    super(
      `The customer has reached its quota of ${quota} valid API keys. ` +
        'Revoke keys that are no longer used; list them with `rsolv key list` or GET /api/v1/keys.',
    );
  }
}

/** Thrown where the customer has no forge account for the namespace. */
export class ForgeAccountNotFoundError extends RecordNotFoundError {
  /** @param purpose what was to be done with it; who removes it has no use for advice to add it */
  constructor({ customer, forge, namespace }: ForgeAccountFacts, purpose: 'verify' | 'remove') {
    super(
      `Customer "${customer}" has no ${forge} forge account for "${namespace}". ` +
        (purpose === 'verify'
          ? `Add it with: rsolv forge add --customer "${customer}" --forge ${forge} --namespace ${namespace}`
          : `List its forge accounts with: rsolv forge list --customer "${customer}", or GET /api/v1/forge-accounts`),
    );
  }
}

/** Thrown where the customer already has a forge account for the namespace. */
export class ForgeAccountExistsError extends ConflictError {
  constructor({ customer, forge, namespace }: ForgeAccountFacts, options?: ErrorOptions) {
    super(
      `Customer "${customer}" already has a ${forge} forge account for "${namespace}". List its forge accounts with \`rsolv forge list\`.`,
      options,
    );
  }
}

/** Thrown where the customer has as many forge accounts as it may have. */
export class ForgeAccountQuotaExceededError extends ConflictError {
  /** @param quota how many forge accounts a customer may have */
  constructor(quota: number) {
    super(
      `The customer has reached its quota of ${quota} forge accounts. ` +
        'Remove forge accounts that are no longer used; list them with `rsolv forge list` or GET /api/v1/forge-accounts.',
    );
  }
}

/** A namespace to verify, and the one of another customer that overlaps it. */
interface NamespaceConflict {
  readonly forge: string;
  readonly namespace: string;
  /** The other customer's verified namespace: the same one, a group around it, or a subgroup of it. */
  readonly verifiedNamespace: string;
}

/**
 * Thrown where another customer has verified the namespace, a group that contains it, or one of its subgroups. The message
 * repeats only what the caller named itself: a subgroup's name may be a secret of the other customer.
 */
export class NamespaceTakenError extends ConflictError {
  constructor({ forge, namespace, verifiedNamespace }: NamespaceConflict) {
    const named = `the ${forge} namespace "${namespace.slice(0, verifiedNamespace.length)}"`;
    super(
      `Another customer ${relation(named, verifiedNamespace.length - namespace.length)}. ` +
        "The platform's operator can find that customer with `rsolv forge list` and remove its forge account.",
    );
  }
}

/** @param extraLength how much longer the verified namespace is than the one that was asked for */
function relation(named: string, extraLength: number): string {
  if (extraLength > 0) return `has verified a subgroup of ${named}, so the whole namespace can't be verified`;
  return extraLength < 0
    ? `has verified ${named}, which covers all its subgroups`
    : `has verified ${named}, and a namespace belongs to one customer`;
}

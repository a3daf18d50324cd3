// Errors of workflows that authenticate with an ID token. No message contains the token.
import { PlatformError } from './platform-error.ts';

/** Thrown where an ID token is malformed, has a wrong signature, issuer, audience or age, or was used before. */
export class InvalidTokenError extends PlatformError {
  readonly code = 'INVALID_TOKEN';
}

/** Thrown where the issuer's signing keys can't be fetched, so that the ID token can't be verified. */
export class IssuerUnavailableError extends PlatformError {
  readonly code = 'ISSUER_UNAVAILABLE';

  constructor(issuer: string, options?: ErrorOptions) {
    super(
      `The signing keys of ${issuer} can't be fetched, so the ID token can't be verified. Retry in a few seconds.`,
      options,
    );
  }
}

/** A namespace, as an ID token names it. */
interface NamespaceFacts {
  readonly forge: string;
  readonly namespace: string;
}

/** @param workflow where the ID token has to come from, such as "a workflow in the namespace" */
const verifySteps = (workflow: string) =>
  `request a verification with POST /api/v1/forge-accounts and send an ID token of ${workflow} to POST /api/v1/forge-accounts/verify`;

/** Thrown where no customer has verified the namespace together with its owner's id. */
export class NamespaceUnverifiedError extends PlatformError {
  readonly code = 'NAMESPACE_UNVERIFIED';

  /** @param hasNoOwnerId whether the namespace is verified, but without its owner's id */
  constructor({ forge, namespace }: NamespaceFacts, hasNoOwnerId: boolean) {
    const named = `the ${forge} namespace "${namespace}"`;
    const itself = namespace.includes('/')
      ? ' itself; for workflows, a verified group that contains it is not enough'
      : '';
    super(
      hasNoOwnerId
        ? `An operator has verified ${named} without the id of its owner, which ID tokens are checked against. ` +
            `To add it, ${verifySteps('a workflow in it')}, or ask the operator to run \`rsolv forge verify --owner-id\`.`
        : `No customer has verified ${named}${itself}. To verify it, ${verifySteps('a workflow in it')}.`,
    );
  }
}

/** Thrown where the ID token that is to verify a namespace comes from a workflow in another namespace. */
export class NamespaceMismatchError extends PlatformError {
  readonly code = 'NAMESPACE_MISMATCH';

  /** @param facts `requested`: the namespace to verify; `actual`: the one that the ID token names */
  constructor({ requested, actual }: { requested: NamespaceFacts; actual: NamespaceFacts }) {
    super(
      `The verification was requested for the ${requested.forge} namespace "${requested.namespace}", but the ID token comes ` +
        `from a workflow in the ${actual.forge} namespace "${actual.namespace}". ` +
        `Send an ID token of a workflow in "${requested.namespace}".`,
    );
  }
}

/** Thrown where the namespace has the verified name, but another owner. */
export class OwnerChangedError extends PlatformError {
  readonly code = 'OWNER_CHANGED';

  /** @param facts `owner`: the one that the ID token names */
  constructor({ forge, namespace, owner }: NamespaceFacts & { owner: { issuer: string; id: string } }) {
    super(
      `The ${forge} namespace "${namespace}" was verified for another owner than the one in the ID token, which has the id ` +
        `${owner.id} at ${owner.issuer}. If the namespace belongs to the customer now, verify it again: ` +
        `${verifySteps('a workflow in it')}.`,
    );
  }
}

/** Thrown where the repository has the name of another one that was seen before. */
export class RepositoryChangedError extends PlatformError {
  readonly code = 'REPOSITORY_CHANGED';

  /** @param facts `id`: the repository's id in the ID token */
  constructor({ repository, id }: { repository: string; id: string }) {
    super(
      `${repository} had another id when it was first seen than in the ID token, which names ${id}. ` +
        `If this repository replaces the old one, verify its namespace again: ${verifySteps('a workflow of this repository')}.`,
    );
  }
}

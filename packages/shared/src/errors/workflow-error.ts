// What a workflow can be refused with that shows an ID token. No message quotes the token.
import { PlatformError } from './platform-error.ts';

/** The ID token counts for nothing here. */
export class InvalidTokenError extends PlatformError {
  readonly code = 'INVALID_TOKEN';
}

/** The issuer's keys can't be fetched, so nobody can say whether the token is good. */
export class IssuerUnavailableError extends PlatformError {
  readonly code = 'ISSUER_UNAVAILABLE';

  constructor(issuer: string, options?: ErrorOptions) {
    super(
      `The keys of the issuer ${issuer} can't be fetched for now, so the token can't be checked. Try again in a moment.`,
      options,
    );
  }
}

/** A namespace, as a token names it. */
interface NamespaceFacts {
  readonly forge: string;
  readonly namespace: string;
}

const renew = 'ask for a new verification with POST /api/v1/forge-accounts and present it from a workflow there';

/** No customer holds the namespace in a way that a token can be held against. */
export class NamespaceUnverifiedError extends PlatformError {
  readonly code = 'NAMESPACE_UNVERIFIED';

  /** @param byOperator whether it is held, but without its owner's id */
  constructor({ forge, namespace }: NamespaceFacts, byOperator: boolean) {
    const what = `the ${forge} namespace "${namespace}"`;
    const verify = `Its customer has to ${renew}`;
    super(
      byOperator
        ? `An operator has verified ${what} without the id of its owner, which tokens are held against. ${verify}, ` +
            'or have the operator add the id: rsolv forge verify --owner-id ID'
        : `No customer holds ${what} verified${namespace.includes('/') ? ' itself, and a group above it does not count for workflows' : ''}. ${verify}.`,
    );
  }
}

/** The token that is to verify a namespace comes from another one. */
export class NamespaceMismatchError extends PlatformError {
  readonly code = 'NAMESPACE_MISMATCH';

  constructor({ wanted, shown }: { wanted: NamespaceFacts; shown: NamespaceFacts }) {
    super(
      `This verification is for the ${wanted.forge} namespace "${wanted.namespace}", and the token comes from a workflow ` +
        `in the ${shown.forge} namespace "${shown.namespace}". Present one of a workflow in "${wanted.namespace}".`,
    );
  }
}

/** The namespace has the name that was verified, but another owner. */
export class OwnerChangedError extends PlatformError {
  readonly code = 'OWNER_CHANGED';

  constructor({ forge, namespace, shown }: NamespaceFacts & { shown: { issuer: string; id: string } }) {
    super(
      `The ${forge} namespace "${namespace}" was verified for another owner than the one with the id ${shown.id} at ` +
        `${shown.issuer}, which the token names. If it is the same customer's, ${renew}.`,
    );
  }
}

/** The repository has the name of one that was here before, but is another one. */
export class RepositoryChangedError extends PlatformError {
  readonly code = 'REPOSITORY_CHANGED';

  constructor({ repository, id }: { repository: string; id: string }) {
    super(
      `${repository} was another repository when a workflow of it was here first: the token names the id ${id}. ` +
        `If it takes the place of the old one, ${renew.replace('there', 'of this repository')}.`,
    );
  }
}

// The actor of an audit event. Text from a request is masked before it is stored in an event, so that no API key is stored,
// regardless of the field in which the caller sent it.
import type { AuditActor } from '@rsolv/shared/contract/audit-event';
import { uuidv7 } from 'uuidv7';

/** Where a request or a command comes from. */
export interface Origin {
  readonly requestId: string;
  /** Null if the action did not come over the network. */
  readonly address: string | null;
  /** Replaces API keys in a text. */
  readonly mask: (text: string) => string;
}

/** Who performs an action, and from where. */
export interface Actor extends Origin {
  readonly actor: AuditActor;
  readonly apiKeyId: string | null;
}

/** An origin whose mask also replaces the request's own API key, whatever its format. */
export function originOf({ secret, ...from }: Omit<Origin, 'mask'> & { readonly secret: string | undefined }): Origin {
  const mask = (text: string) => {
    const masked = text.replaceAll(/rsolv[a-z]{0,8}_[0-9a-z]{40,}/gi, replacement);
    // The caller may repeat its key in another letter case.
    return secret !== undefined && masked.toLowerCase().includes(secret.toLowerCase()) ? replacement : masked;
  };
  return { address: from.address, requestId: mask(from.requestId), mask };
}

const replacement = '…';

/** An actor on the server itself. All events of one command have the same request id. */
export const local = (actor: 'operator' | 'platform'): Actor => ({
  ...originOf({ requestId: uuidv7(), address: null, secret: undefined }),
  actor,
  apiKeyId: null,
});

// Who acts, as events name them. Whatever text of a request gets into an event goes through its mask first, so that no
// key does, wherever in the request somebody put it.
import type { AuditActor } from '@rsolv/shared/contract/audit-event';
import { uuidv7 } from 'uuidv7';

/** Where a request or a command comes from. */
export interface Origin {
  readonly requestId: string;
  /** Null where it did not come over the network. */
  readonly address: string | null;
  /** A text without keys. */
  readonly mask: (text: string) => string;
}

/** Who acts, and from where. */
export interface Actor extends Origin {
  readonly actor: AuditActor;
  readonly apiKeyId: string | null;
}

/** An origin whose mask also knows the key that the request shows, of whatever shape. */
export function originOf({ secret, ...from }: Omit<Origin, 'mask'> & { readonly secret: string | undefined }): Origin {
  const mask = (text: string) => {
    const masked = text.replaceAll(/rsolv[a-z]{0,8}_[0-9a-z]{40,}/gi, masking);
    // Hex and names may come back in another letter case.
    return secret !== undefined && masked.toLowerCase().includes(secret.toLowerCase()) ? masking : masked;
  };
  return { address: from.address, requestId: mask(from.requestId), mask };
}

const masking = '…';

/** Whoever works on the server itself. All that one command does has the same request id. */
export const local = (actor: 'operator' | 'platform'): Actor => ({
  ...originOf({ requestId: uuidv7(), address: null, secret: undefined }),
  actor,
  apiKeyId: null,
});

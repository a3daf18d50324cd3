import type { AuditAction } from '@rsolv/shared/contract/audit-event';
import { errorCodes, type ErrorCode } from '@rsolv/shared/errors/error-code';
import type { Principal } from '../access/principal.ts';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { AuditTarget } from '../audit/event-row.ts';

/** The statuses of refusals. They are recorded; mistakes of the caller and failures of the platform are not. */
const refusalStatuses = new Set<number>([401, 403, 404, 409, 422]);

/** A call that ended with an error. */
interface Refusal {
  readonly code: ErrorCode;
  /** What the call would have been. */
  readonly action: AuditAction | undefined;
}

/**
 * The audit event of one call that reads or is refused. A call that writes records itself, in the transaction that writes,
 * unless it says that it wrote nothing.
 */
export class CallAudit {
  readonly #principal: Principal;
  #action: AuditAction | undefined;
  #target: AuditTarget = {};

  /** @param action what a successful call is recorded as; undefined if it records itself */
  constructor(principal: Principal, action: AuditAction | undefined) {
    this.#principal = principal;
    this.#action = action;
  }

  /** Sets what the call is about. */
  setTarget(target: AuditTarget): void {
    this.#target = target;
  }

  /** Sets what a call is recorded as that turned out to write nothing. */
  setAction(action: AuditAction, target: AuditTarget): void {
    this.#action = action;
    this.#target = target;
  }

  /** Records the call, if it is to be recorded. */
  record(trail: AuditTrail, refusal?: Refusal): void {
    const action = refusal === undefined ? this.#action : refusedAction(refusal);
    if (action === undefined) return;
    trail.note(this.#principal.actor(), {
      action,
      outcome: refusal === undefined ? 'allowed' : 'refused',
      customerId: this.#principal.identity?.customerId ?? null,
      // The target that a request with an invalid key names is not recorded.
      target: action === 'authenticate' ? {} : this.#target,
      errorCode: refusal?.code,
    });
  }
}

/** What a refused call is recorded as; undefined for mistakes and failures. */
function refusedAction({ code, action }: Refusal): AuditAction | undefined {
  const { status } = errorCodes[code];
  if (status === 401) return 'authenticate';
  return refusalStatuses.has(status) ? action : undefined;
}

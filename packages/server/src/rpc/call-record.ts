import type { AuditAction } from '@rsolv/shared/contract/audit-event';
import { errorCodes, type ErrorCode } from '@rsolv/shared/errors/error-code';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { AuditTarget } from '../audit/event-row.ts';
import { actorOf } from '../access/authenticate.ts';
import type { Context } from './context.ts';

/** Of errors that say no: these are recorded, where mistakes and faults are not. */
const refusalStatuses = new Set<number>([401, 403, 404, 409, 422]);

/**
 * Notes what reads and what is refused. What writes records itself, in the transaction that writes; or it says what else
 * it turned out to be.
 */
export class CallRecord {
  readonly #by: Pick<Context, 'caller' | 'keyOwner'>;
  #action: AuditAction | undefined;
  #target: AuditTarget = {};

  /** @param action what it is where nothing goes wrong; undefined where that records itself */
  constructor(by: Pick<Context, 'caller' | 'keyOwner'>, action: AuditAction | undefined) {
    this.#by = by;
    this.#action = action;
  }

  /** Says what the call is about. */
  isAbout(target: AuditTarget): void {
    this.#target = target;
  }

  /** Says what a call that wrote nothing was. */
  wasOnly(action: AuditAction, target: AuditTarget): void {
    this.#action = action;
    this.#target = target;
  }

  /** Notes what there is to note. */
  end(trail: AuditTrail, refusal?: { readonly code: ErrorCode; readonly action: AuditAction | undefined }): void {
    const action = refusal === undefined ? this.#action : actionOfRefusal(refusal.code, refusal.action);
    if (action === undefined) return;
    const owner = this.#by.keyOwner();
    trail.note(actorOf(this.#by.caller, owner), {
      action,
      outcome: refusal === undefined ? 'allowed' : 'refused',
      customerId: owner?.customerId ?? null,
      // What somebody wanted whose key doesn't count, says nothing.
      target: action === 'authenticate' ? {} : this.#target,
      errorCode: refusal?.code,
    });
  }
}

/** What a refused call was; nothing that is recorded where it was a mistake or a fault. */
function actionOfRefusal(code: ErrorCode, action: AuditAction | undefined): AuditAction | undefined {
  const { status } = errorCodes[code];
  if (status === 401) return 'authenticate';
  return refusalStatuses.has(status) ? action : undefined;
}

// The state of an execution as it is shown: as it was stored, or stale.
import { z } from 'zod';
import { expected } from './expected.ts';
import { executionStatuses, type ExecutionStatus } from './phase.ts';

/** How long an execution may be pending or running before it is stale, by default: six hours. */
export const defaultStaleAfterMs = 6 * 60 * 60_000;

/** The states in which an execution is shown. */
export const executionStates = [...executionStatuses, 'stale'] as const;

/** A state in which an execution is shown. */
export const executionState = z.enum(executionStates, expected(`one of ${executionStates.join(', ')}`)).meta({
  id: 'ExecutionState',
  description:
    'The state of the execution. `stale`: it is pending or running for so long that its runner was probably lost. A store ' +
    'can still update it.',
});

/** A state in which an execution is shown. */
export type ExecutionState = z.infer<typeof executionState>;

/**
 * The state in which an execution is shown, and why.
 *
 * @param staleAfterMs how long it may be pending or running
 */
export function stateOf(
  { status, startedAt, createdAt, errorMessage }: StoredState,
  staleAfterMs: number,
): { readonly status: ExecutionState; readonly errorMessage: string | null } {
  const isOpen = status === 'pending' || status === 'running';
  if (!isOpen || Date.now() - (startedAt ?? createdAt).getTime() <= staleAfterMs) return { status, errorMessage };
  const hours = Math.round(staleAfterMs / 360_000) / 10;
  const reason =
    `Still ${status} after ${hours} hours: no end was stored. ` +
    'The runner was probably cancelled or lost; its log says why.';
  return { status: 'stale', errorMessage: errorMessage ?? reason };
}

/** The fields of an execution that its state depends on. */
interface StoredState {
  readonly status: ExecutionStatus;
  readonly startedAt: Date | null;
  readonly createdAt: Date;
  readonly errorMessage: string | null;
}

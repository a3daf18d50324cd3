import { z } from 'zod';
import { expected } from './expected.ts';

/** The three phases by the platform's names. */
export const phases = ['scan', 'validation', 'mitigation'] as const;

/** A phase by the platform's name. */
export const phase = z.enum(phases).meta({ id: 'Phase', description: "A phase, by the platform's name." });
export type Phase = z.infer<typeof phase>;

const phaseNames = ['scan', 'validation', 'mitigation', 'validate', 'mitigate'] as const;

/** A phase by any name it is known by: the platform's, or the one that the RSOLV action uses. */
export const phaseName = z.enum(phaseNames, expected(`one of ${phaseNames.join(', ')}`));
export type PhaseName = z.infer<typeof phaseName>;

/** The platform's name for a phase. */
export function canonicalPhase(name: PhaseName): Phase {
  if (name === 'validate') return 'validation';
  return name === 'mitigate' ? 'mitigation' : name;
}

/** Every name of a phase, the platform's first. */
export function namesOf(phase: Phase): readonly PhaseName[] {
  return phaseNames.filter((name) => canonicalPhase(name) === phase);
}

/** Whether a key is the name of any phase. */
export function isPhaseName(key: string): key is PhaseName {
  return phaseName.safeParse(key).success;
}

/** How far an execution got. Only a completed one answers a retrieve. */
export const executionStatuses = ['pending', 'running', 'completed', 'failed'] as const;

/** One of {@link executionStatuses}. */
export const executionStatus = z
  .enum(executionStatuses, expected(`one of ${executionStatuses.join(', ')}`))
  .meta({ id: 'ExecutionStatus' });
export type ExecutionStatus = z.infer<typeof executionStatus>;

import { z } from 'zod';
import { expected } from './expected.ts';

/** The names of the phases on the platform, in the order in which they run. */
export const phases = ['scan', 'validation', 'mitigation'] as const;

/** A phase by the platform's name. */
export const phase = z.enum(phases).meta({ id: 'Phase', description: "The phase, by the platform's name." });

/** A phase by the platform's name. */
export type Phase = z.infer<typeof phase>;

/** All names of the phases: the platform's, then those that the RSOLV action uses. */
export const phaseNames = ['scan', 'validation', 'mitigation', 'validate', 'mitigate'] as const;

/** A phase by the platform's name or by the name that the RSOLV action uses. */
export const phaseName = z.enum(phaseNames, expected(`one of ${phaseNames.join(', ')}`));

/** A phase by the platform's name or by the name that the RSOLV action uses. */
export type PhaseName = z.infer<typeof phaseName>;

/** The platform's name of a phase. */
export function canonicalPhase(name: PhaseName): Phase {
  if (name === 'validate') return 'validation';
  return name === 'mitigate' ? 'mitigation' : name;
}

/** All names of a phase, the platform's first. */
export function namesOf(phase: Phase): readonly PhaseName[] {
  return phaseNames.filter((name) => canonicalPhase(name) === phase);
}

/** Whether a key is a name of any phase. */
export function isPhaseName(key: string): key is PhaseName {
  return phaseName.safeParse(key).success;
}

/** The states of an execution. */
export const executionStatuses = ['pending', 'running', 'completed', 'failed'] as const;

/** One of {@link executionStatuses}. */
export const executionStatus = z
  .enum(executionStatuses, expected(`one of ${executionStatuses.join(', ')}`))
  .meta({ id: 'ExecutionStatus', description: 'The state of the execution. Only completed executions are retrieved.' });

/** One of {@link executionStatuses}. */
export type ExecutionStatus = z.infer<typeof executionStatus>;

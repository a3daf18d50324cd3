import type { PhaseName } from './phase-data.ts';

const platformNames = { scan: 'scan', validate: 'validation', mitigate: 'mitigation' } as const;

/** The platform's name of a phase. */
export const platformName = (phase: PhaseName) => platformNames[phase];

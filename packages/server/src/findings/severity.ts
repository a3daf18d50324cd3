import type { Severity } from './described-finding.ts';

/** The severity of a score from 0 to 10, as CVSS and GitHub divide them. */
export function severityOfScore(score: number): Severity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}

const severities: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'critical'],
  ['high', 'high'],
  ['error', 'high'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['warning', 'medium'],
  ['low', 'low'],
  ['note', 'low'],
  ['info', 'info'],
  ['informational', 'info'],
  ['none', 'info'],
]);

/** The severity that a name or a level of SARIF stands for, in any letter case. */
export const severityOfName = (name: string): Severity | undefined => severities.get(name.trim().toLowerCase());

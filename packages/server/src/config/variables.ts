// Environment variables before they are settings: what is set, and which names the platform does not know.
import { closestName } from '@rsolv/shared/contract/closest-name';
import { platformSettings, removedSettings } from './environment.ts';

/**
 * Returns the variables that are set, without blanks and line breaks around their values: secrets and files often end with
 * one. An empty value counts as unset.
 */
export function readVariables(variables: NodeJS.ProcessEnv): Record<string, string> {
  const trimmed = Object.entries(variables).map(([name, value = '']) => [name, value.trim()] as const);
  return Object.fromEntries(trimmed.filter(([, value]) => value !== ''));
}

/** What the client, the action and `rsolv whoami` read. */
const clientVariables = ['RSOLV_API_KEY', 'RSOLV_API_URL', 'RSOLV_ID_TOKEN'];

/** Variables of this repository's tests. */
const testPrefix = 'RSOLV_TEST_';

const settings = Object.keys(platformSettings.shape);
const knownNames = [...settings, ...removedSettings.map(([name]) => name), ...clientVariables];

/** The prefixes of settings. Other programs use `DATABASE_` too, so only what looks like a setting is reported there. */
const prefixes = ['RSOLV_', 'DATABASE_'] as const;

/**
 * Warns of each variable that looks like a setting and is none. It is no reason to refuse the start: a wrapper may set it
 * for a program of its own.
 */
export function unknownVariableWarnings(variables: NodeJS.ProcessEnv): string[] {
  return Object.keys(readVariables(variables)).flatMap((name) => {
    const prefix = prefixes.find((each) => name.toUpperCase().startsWith(each));
    if (prefix === undefined || knownNames.includes(name) || name.startsWith(testPrefix)) return [];
    const meant = likelyName(name, prefix);
    if (meant !== undefined) return [`${name} is not a setting, so it is ignored. Did you mean ${meant}?`];
    return prefix === 'RSOLV_' ? [`${name} is not a setting, so it is ignored.`] : [];
  });
}

/** Compares what follows the prefix, since the prefix alone would make all names similar. */
function likelyName(name: string, prefix: (typeof prefixes)[number]): string | undefined {
  const candidates = knownNames
    .filter((known) => prefix === 'RSOLV_' || known.startsWith(prefix))
    .map((known) => [known.replace(prefix, ''), known] as const);
  const meant = closestName(
    name.slice(prefix.length),
    candidates.map(([rest]) => rest),
  );
  return new Map(candidates).get(meant ?? '');
}

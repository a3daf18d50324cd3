// Errors quote what somebody typed or configured, and a secret may be in the wrong place. Whatever is printed as an error
// goes through this mask.
import { readVariables } from '../config/variables.ts';

/** The variables whose whole value is a secret, or a comma-separated list of secrets. */
const secretVariables = [
  'RSOLV_API_KEY',
  'RSOLV_ID_TOKEN',
  'RSOLV_KEY_PEPPER',
  'PGPASSWORD',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
];

/** Shorter texts occur in ordinary messages. Errors about settings leave out values anyway. */
const minSecretLength = 8;

const replacement = '…';

/** Secrets that have a form of their own: API keys, ID tokens, and the password in a URL. */
const patterns = [
  [/rsolv[a-z]{0,8}_[0-9a-z]{16,}/gi, replacement],
  [/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, replacement],
  [/(:\/\/[^\s:@/?#]*:)\S*@/g, `$1${replacement}@`],
] as const;

/** Makes a function that replaces the secrets of the arguments and the environment in a text. */
export function secretMask(args: readonly string[], env: NodeJS.ProcessEnv): (text: string) => string {
  const secrets = [...secretsOf(readVariables(env)), ...apiKeysOf(args)]
    .map((secret) => secret.trim())
    .filter(({ length }) => length >= minSecretLength)
    .toSorted((one, other) => other.length - one.length);
  return (text) => {
    const masked = secrets.reduce((rest, secret) => rest.replaceAll(secret, replacement), text);
    return patterns.reduce((rest, [pattern, by]) => rest.replaceAll(pattern, by), masked);
  };
}

function secretsOf(variables: Readonly<Record<string, string>>): string[] {
  const values = secretVariables.map((name) => variables[name] ?? '');
  // A header is NAME=VALUE, with percent escapes.
  const parts = values.flatMap((value) => value.split(',')).flatMap((part) => [part, part.replace(/^[^=]*=/, '')]);
  return [...values, ...parts, ...parts.map(decode), ...passwordOf(variables['DATABASE_URL'])];
}

function passwordOf(url: string | undefined): string[] {
  const { password, searchParams } = URL.parse(url ?? '') ?? {};
  const all = [password, searchParams?.get('password'), searchParams?.get('sslpassword')];
  return all.flatMap((each) => (each ? [each, decode(each)] : []));
}

/** The values of `--api-key`, in both spellings. */
const apiKeysOf = (args: readonly string[]) =>
  args.flatMap((arg, index) => {
    if (arg.startsWith('--api-key=')) return [arg.slice('--api-key='.length)];
    return args[index - 1] === '--api-key' ? [arg] : [];
  });

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

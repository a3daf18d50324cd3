import { isAbsolute, normalizePath } from '../checkout.ts';

/** What the URI of a file stands for. */
export interface UriPath {
  /** A normalized path, or the address of something that is no file. */
  readonly path: string;
  readonly kind: 'relative' | 'absolute' | 'address';
  /** What was done to read it. Undefined if the URI was valid. */
  readonly action?: string | undefined;
}

const pathCharacters = String.raw`(?:[\w\-.~!$&'()*+,;=:@/]|%[\dA-Fa-f]{2})*`;
const validPath = new RegExp(`^${pathCharacters}$`);
const validWithRest = new RegExp(String.raw`^(?<path>${pathCharacters})(?:[?#]\S*)?$`);

/**
 * Reads the URI of a file as tools write it: a `file:` URI, a URI reference, or a plain path in its place. Only what is a
 * valid URI reference is unescaped. An absolute path without a scheme is plain: no tool is known to escape it.
 */
export function readUri(uri: string): UriPath {
  const file = /^file:(?:\/\/(?<host>[^/\\]*))?(?<path>.*)$/is.exec(uri)?.groups;
  if (file !== undefined) return readFileUri(file['host'] ?? '', file['path'] ?? '');
  if (/^[a-z][\w+.-]+:\/\//i.test(uri)) {
    return { path: uri, kind: 'address', action: 'kept as an address: it is no file of the repository' };
  }
  const plain = normalizePath(uri);
  if (isAbsolute(plain)) return { path: plain, kind: 'absolute', action: 'read as a path: it has no scheme' };
  if (!validPath.test(uri)) {
    return { path: plain, kind: 'relative', action: 'read as a path: it is not a valid URI reference' };
  }
  return toPath(uri);
}

function readFileUri(host: string, rest: string): UriPath {
  const valid = validWithRest.exec(rest)?.groups?.['path'];
  const isLocal = host === '' || host.toLowerCase() === 'localhost';
  const written = isLocal ? rest : `${host}${rest}`;
  const action = isLocal ? undefined : `read as a path: ${JSON.stringify(host)} is no host`;
  if (valid === undefined) {
    const path = normalizePath(written);
    return { path, kind: kindOf(path), action: 'read as a path: it is not a valid URI' };
  }
  const read = toPath(isLocal ? valid : `${host}${valid}`);
  return { ...read, action: read.action ?? action };
}

/** Unescapes a valid path of a URI. */
function toPath(escaped: string): UriPath {
  let path = escaped;
  let action: string | undefined;
  if (escaped.includes('%')) {
    const decoded = decode(escaped);
    if (decoded === undefined) action = 'read as a path: its escapes are not UTF-8 text';
    else path = decoded;
  }
  const normalized = normalizePath(path);
  return { path: normalized, kind: kindOf(normalized), action };
}

function decode(escaped: string): string | undefined {
  try {
    const decoded = decodeURIComponent(escaped);
    return decoded.includes('\0') ? undefined : decoded;
  } catch {
    return undefined;
  }
}

const kindOf = (path: string) => (isAbsolute(path) ? 'absolute' : 'relative');

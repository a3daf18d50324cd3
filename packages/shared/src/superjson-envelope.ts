// superjson as it goes over tRPC: written as its readers expect it, and read from strangers without harm.
import superjson, { type SuperJSONResult } from 'superjson';
import { z } from 'zod';
import { formatPath } from './format-path.ts';
import { findJsonFault, isPlainObject, maxJsonDepth } from './json.ts';
import { InvalidInputError } from './platform-error.ts';

/** Around a phase's data, an answer has two levels: by phase and by issue. */
const maxDepth = maxJsonDepth + 2;

/** What superjson makes of it, or refuses, is up to superjson: it reads whatever strangers send. */
const envelope = z.custom<SuperJSONResult>((value) => isPlainObject(value));

/**
 * superjson, where a value needs it. What is JSON already is handed on as it is, in superjson's own envelope:
 * that saves a copy of every phase's data, and superjson would refuse keys such as `constructor` in it.
 */
export function toSuperjson(value: unknown): object {
  return findJsonFault(value, maxDepth) === undefined ? { json: value } : superjson.serialize(value);
}

/**
 * Reads superjson from a stranger: what could exhaust the server or refer to itself is refused or left out.
 *
 * @throws InvalidInputError
 */
export function fromSuperjson(payload: unknown): unknown {
  if (!isPlainObject(payload)) throw new InvalidInputError([{ path: '', message: 'must be superjson: {"json": …}' }]);
  const { json, meta } = payload;
  const fault = findJsonFault(json, maxDepth);
  if (fault) throw new InvalidInputError([{ path: formatPath(fault.path), message: fault.message }]);
  if (!isPlainObject(meta)) return json;
  // Reading a number of millions of digits takes seconds, and no procedure takes one.
  const bigint = findBigint(meta['values']);
  if (bigint !== undefined) {
    throw new InvalidInputError([
      { path: bigint, message: "is a bigint, which JSON can't carry; send it as a string" },
    ]);
  }
  try {
    // `referentialEqualities` could build an object of any size from a small body. Without them the values are the
    // same, as superjson also sends each of them in full.
    return superjson.deserialize(envelope.parse({ json, meta: { values: meta['values'], v: meta['v'] } }));
  } catch (cause) {
    throw new InvalidInputError([{ path: '', message: 'is not superjson that this platform can read' }], {
      cause,
    });
  }
}

/** Where superjson's annotations, keyed by path, say that there is a bigint. */
function findBigint(annotations: unknown): string | undefined {
  if (!isPlainObject(annotations)) return undefined;
  const [path] = Object.entries(annotations).find(([, type]) => Array.isArray(type) && type[0] === 'bigint') ?? [];
  const keys = path?.split(/(?<!\\)\./).map((key) => (/^\d+$/.test(key) ? Number(key) : key.replaceAll('\\.', '.')));
  return keys && formatPath(keys);
}

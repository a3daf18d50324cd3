// superjson as it goes over tRPC: written as its readers expect it, and read from strangers without superjson's own reader,
// which makes sets, maps and big integers of whatever a stranger says is one.
import superjson from 'superjson';
import { describeValue } from '../contract/expected.ts';
import { formatPath } from '../errors/format-path.ts';
import { findJsonProblem, isList, isPlainObject, maxJsonDepth } from './json.ts';
import { InvalidInputError } from '../errors/platform-error.ts';

/** Around a phase's data, an answer has two levels: by phase and by issue. */
const maxDepth = maxJsonDepth + 2;

/**
 * superjson, where a value needs it. What is JSON already is handed on as it is, in superjson's own envelope:
 * that saves a copy of every phase's data, and superjson would refuse keys such as `constructor` in it.
 */
export function toSuperjson(value: unknown): object {
  return findJsonProblem(value, maxDepth) === undefined ? { json: value } : superjson.serialize(value);
}

/**
 * Reads superjson from a stranger: JSON, in which some values are `undefined` or -0. That is all that any input needs; every
 * other type that superjson can carry is refused by its path. The work is in proportion to the text.
 *
 * @throws InvalidInputError
 */
export function fromSuperjson(payload: unknown): unknown {
  if (!isPlainObject(payload)) throw refused([], 'must be superjson: {"json": …}');
  const { json, meta } = payload;
  const fault = findJsonProblem(json, maxDepth);
  if (fault) throw refused(fault.path, fault.message);
  if (meta === undefined || meta === null) return json;
  if (!isPlainObject(meta)) throw refused(['meta'], `must be an object, not ${describeValue(meta)}`);
  const { values, referentialEqualities, v = 0 } = meta;
  if (v !== 0 && v !== 1) throw refused(['meta', 'v'], `must be 0 or 1, not ${describeValue(v)}`);
  requireInFull(json, referentialEqualities, v);
  return values === undefined || values === null ? json : annotate(json, values, v);
}

/** More than any real data has, and read within some hundredths of a second. */
const maxAnnotations = 100_000;
const maxPathLength = 10_000;

/** The document with what superjson's annotations say of values in it, by their paths; it is changed in place. */
function annotate(json: unknown, annotations: unknown, version: 0 | 1): unknown {
  if (!isPlainObject(annotations)) return annotated(json, annotations, []);
  for (const text of few(Object.keys(annotations), 'values')) {
    const { path, parent, key } = placeOf(json, text, version);
    const value = annotated(ownValue(parent, key), annotations[text], path);
    // It was there, or it would have been refused.
    if (Array.isArray(parent)) parent[Number(key)] = value;
    else if (isPlainObject(parent)) parent[key] = value;
  }
  return json;
}

/**
 * superjson names the places of an object that occurs more than once, and writes it in full at each. So these are not
 * followed: they could make an object of any size, or a circle, out of a small body. But a circle is written as null, and
 * so is every other place by those who set its `dedupe`.
 *
 * @throws InvalidInputError
 */
function requireInFull(json: unknown, equalities: unknown, version: 0 | 1): void {
  const places = (isList(equalities) ? equalities : [equalities]).flatMap((each) =>
    isPlainObject(each) ? Object.values(each).flat() : each,
  );
  for (const text of few(places, 'referentialEqualities')) {
    if (typeof text !== 'string') continue;
    const { path, parent, key } = placeOf(json, text, version);
    if (ownValue(parent, key) !== null) continue;
    throw refused(
      path,
      "is left out for an object that it is the same as; send it in full, without superjson's dedupe",
    );
  }
}

function few<Item>(items: readonly Item[], kind: string): readonly Item[] {
  if (items.length <= maxAnnotations) return items;
  throw refused(['meta', kind], `has ${items.length} paths, ${maxAnnotations} are read`);
}

function placeOf(json: unknown, text: string, version: 0 | 1) {
  if (text.length > maxPathLength) {
    throw refused(['meta', text], `is a path of ${text.length} characters, ${maxPathLength} are read`);
  }
  const path = parsePath(text, version);
  return { path, parent: path.slice(0, -1).reduce(ownValue, json), key: path.at(-1) ?? '' };
}

/** @throws InvalidInputError */
function annotated(written: unknown, annotation: unknown, path: readonly string[]): 0 | undefined {
  const [type, ...inner] = isList(annotation) ? annotation : [];
  if (type === 'undefined' && written === null && inner.length === 0) return undefined;
  if (type === 'number' && written === '-0' && inner.length === 0) return 0;
  throw refused(path, faultOf(type, written));
}

function faultOf(type: unknown, written: unknown): string {
  if (type === 'undefined') return 'is undefined by its annotation, but is not there as null';
  if (type === 'number') return `is ${describeValue(written)}, which JSON has no number for; send null or a string`;
  const kind: unknown = isList(type) ? type[0] : type;
  return typeof kind === 'string'
    ? `is of superjson's type ${describeValue(kind)}, which JSON can't carry; send it as a string`
    : 'has an annotation that is none of superjson';
}

/** What lies under a key, and was not inherited. */
function ownValue(parent: unknown, key: string): unknown {
  if (isPlainObject(parent)) return Object.hasOwn(parent, key) ? parent[key] : undefined;
  return isList(parent) && /^\d+$/.test(key) ? parent[Number(key)] : undefined;
}

/** `a.b\\.c` leads to `b.c` in `a`; from version 1 on, a backslash is escaped as well. */
function parsePath(text: string, version: 0 | 1): string[] {
  if (!text.includes('\\')) return text.split('.');
  // In between they are what no key has: it was refused.
  const [backslash, dot] = ['\0', '\uD800'];
  const marked = (version === 0 ? text : text.replaceAll('\\\\', backslash)).replaceAll('\\.', dot);
  return marked.split('.').map((key) => key.replaceAll(dot, '.').replaceAll(backslash, '\\'));
}

const refused = (path: readonly (string | number)[], message: string): InvalidInputError =>
  new InvalidInputError([
    { path: formatPath(path.map((key) => (/^\d+$/.test(String(key)) ? Number(key) : key))), message },
  ]);

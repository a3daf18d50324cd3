// The superjson envelope of tRPC requests and responses. Input is not read with superjson's own deserializer, because that
// creates Sets, Maps and BigInts of any size that an untrusted caller asks for.
import superjson from 'superjson';
import { describeValue } from '../contract/expected.ts';
import { formatPath } from '../errors/format-path.ts';
import { findJsonProblem, isList, isPlainObject, maxJsonDepth } from './json.ts';
import { InvalidInputError } from '../errors/platform-error.ts';

/** A response wraps a phase's data in two more levels: the phase and the issue. */
const maxDepth = maxJsonDepth + 2;

/**
 * Serializes an output. A value that is already JSON is only wrapped in the envelope: that saves a copy of every phase's
 * data, and superjson refuses keys such as `constructor` in it.
 */
export function toSuperjson(value: unknown): object {
  return findJsonProblem(value, maxDepth) === undefined ? { json: value } : superjson.serialize(value);
}

/**
 * Deserializes the input of an untrusted caller: JSON, in which annotated values are `undefined` or -0. No input needs
 * another type of superjson. Takes linear time.
 *
 * @throws InvalidInputError naming the path of a value that is of another type or can't be stored
 */
export function fromSuperjson(payload: unknown): unknown {
  if (!isPlainObject(payload)) throw invalid([], 'must be a superjson envelope: {"json": …}');
  const { json, meta } = payload;
  const problem = findJsonProblem(json, maxDepth);
  if (problem) throw invalid(problem.path, problem.message);
  if (meta === undefined || meta === null) return json;
  if (!isPlainObject(meta)) throw invalid(['meta'], `must be an object, not ${describeValue(meta)}`);
  const { values, referentialEqualities, v = 0 } = meta;
  if (v !== 0 && v !== 1) throw invalid(['meta', 'v'], `must be 0 or 1, not ${describeValue(v)}`);
  requireNoReferences(json, referentialEqualities, v);
  return values === undefined || values === null ? json : applyAnnotations(json, values, v);
}

/** More than any real input has; processed within some tens of milliseconds. */
const maxAnnotations = 100_000;
const maxPathLength = 10_000;

/** Applies superjson's annotations, a record of path to type, to the document in place. */
function applyAnnotations(json: unknown, annotations: unknown, version: 0 | 1): unknown {
  if (!isPlainObject(annotations)) return annotatedValue(json, annotations, []);
  for (const text of limited(Object.keys(annotations), 'values')) {
    const { path, parent, key } = placeOf(json, text, version);
    const value = annotatedValue(ownValue(parent, key), annotations[text], path);
    // annotatedValue has thrown where there is no value at this path.
    if (Array.isArray(parent)) parent[Number(key)] = value;
    else if (isPlainObject(parent)) parent[key] = value;
  }
  return json;
}

/**
 * Refuses references whose value was left out. superjson lists the paths of an object that occurs more than once, and by
 * default writes the object in full at each of them, so the references are not followed: a small body could build an
 * object of any size with them. A circular reference, and each repetition with the option `dedupe`, is written as null.
 *
 * @throws InvalidInputError
 */
function requireNoReferences(json: unknown, equalities: unknown, version: 0 | 1): void {
  const places = (isList(equalities) ? equalities : [equalities]).flatMap((each) =>
    isPlainObject(each) ? Object.values(each).flat() : each,
  );
  for (const text of limited(places, 'referentialEqualities')) {
    if (typeof text !== 'string') continue;
    const { path, parent, key } = placeOf(json, text, version);
    if (ownValue(parent, key) !== null) continue;
    throw invalid(
      path,
      "is a reference to another object of the input; send it in full, without superjson's option dedupe",
    );
  }
}

/** @throws InvalidInputError where there are more than {@link maxAnnotations} */
function limited<Item>(items: readonly Item[], kind: string): readonly Item[] {
  if (items.length <= maxAnnotations) return items;
  throw invalid(['meta', kind], `must have at most ${maxAnnotations} paths, not ${items.length}`);
}

function placeOf(json: unknown, text: string, version: 0 | 1) {
  if (text.length > maxPathLength) {
    throw invalid(['meta', text], `must be a path of at most ${maxPathLength} characters, not ${text.length}`);
  }
  const path = parsePath(text, version);
  return { path, parent: path.slice(0, -1).reduce(ownValue, json), key: path.at(-1) ?? '' };
}

/** @throws InvalidInputError where the annotation is of a type that JSON can't represent, or does not fit the value */
function annotatedValue(written: unknown, annotation: unknown, path: readonly string[]): 0 | undefined {
  const [type, ...inner] = isList(annotation) ? annotation : [];
  if (type === 'undefined' && written === null && inner.length === 0) return undefined;
  if (type === 'number' && written === '-0' && inner.length === 0) return 0;
  throw invalid(path, annotationProblem(type, written));
}

function annotationProblem(type: unknown, written: unknown): string {
  if (type === 'undefined') return 'is annotated as undefined, but its value is not null';
  if (type === 'number')
    return `is ${describeValue(written)}, which JSON can't represent as a number; send null or a string`;
  const kind: unknown = isList(type) ? type[0] : type;
  return typeof kind === 'string'
    ? `has the superjson type ${describeValue(kind)}, which JSON can't represent; send a string`
    : 'has an annotation that superjson does not define';
}

/** The value of an own key or index; never an inherited property. */
function ownValue(parent: unknown, key: string): unknown {
  if (isPlainObject(parent)) return Object.hasOwn(parent, key) ? parent[key] : undefined;
  return isList(parent) && /^\d+$/.test(key) ? parent[Number(key)] : undefined;
}

/** Parses a path of superjson: `a.b\\.c` is the key `b.c` in `a`. From version 1 on, backslashes are escaped as well. */
function parsePath(text: string, version: 0 | 1): string[] {
  if (!text.includes('\\')) return text.split('.');
  const escape = version === 0 ? /\\(\.)/g : /\\([.\\])/g;
  const keys: string[] = [''];
  let end = 0;
  const add = (part: string) => {
    const [first = '', ...others] = part.split('.');
    keys.push(`${keys.pop()}${first}`, ...others);
  };
  for (const { index, 0: escaped, 1: character = '' } of text.matchAll(escape)) {
    add(text.slice(end, index));
    keys.push(`${keys.pop()}${character}`);
    end = index + escaped.length;
  }
  add(text.slice(end));
  return keys;
}

const invalid = (path: readonly (string | number)[], message: string): InvalidInputError =>
  new InvalidInputError([
    { path: formatPath(path.map((key) => (/^\d+$/.test(String(key)) ? Number(key) : key))), message },
  ]);

// What the platform answers over REST, as far as it tells its answers from those of others: proxies and firewalls answer
// with 200 as well.
import { isObject } from './is-object.ts';

/** Whether a JSON value is the answer to a store. */
export const isStoreAnswer = (json: unknown): json is Record<string, unknown> =>
  isObject(json) && json['success'] === true;

const phaseNames = new Set(['scan', 'validation', 'validate', 'mitigation', 'mitigate']);

/** Whether a JSON value is the answer to a retrieve: the phases that have data, and nothing else. */
export const isRetrieveAnswer = (json: unknown): json is Record<string, unknown> =>
  isObject(json) && Object.entries(json).every(([name, value]) => phaseNames.has(name) && isObject(value));

import { MethodNotAllowedError } from './platform-error.ts';

/** The path exists, but not with this method. */
export const methodNotAllowed = (facts: {
  readonly path: string;
  readonly method: string;
  readonly allowed: readonly string[];
}) => new MethodNotAllowedError(`${facts.path} accepts ${facts.allowed.join(' or ')}, not ${facts.method}.`);

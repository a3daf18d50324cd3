import type { ErrorClasses } from './error-of-answer.ts';
import type { CallOptions } from './options.ts';

/** One call. */
export interface Call {
  readonly method: 'GET' | 'POST';
  /** After the base URL, with its query; or an address elsewhere. */
  readonly path: string;
  readonly body?: string;
  /** The same for all tries: the platform stores once. */
  readonly idempotencyKey?: string;
  /** The repository that it is about, for errors to name. */
  readonly repo?: string;
  /** What its own codes stand for. */
  readonly classes?: ErrorClasses;
  readonly options?: CallOptions | undefined;
  /** What it has in place of the API key: something else to show, or in its body. */
  readonly unkeyed?: { readonly bearer?: string; readonly hides: string };
}

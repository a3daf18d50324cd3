// What a client takes from the environment where an option is left out, and the checks of both.
import { environment } from './environment.ts';
import { ConfigurationError } from './errors.ts';
import type { TransportOptions } from './options.ts';

/**
 * The API key; undefined where there is none.
 *
 * @throws ConfigurationError The message never shows the key: what is invalid may be a key with one character too many.
 */
export function resolveApiKey(apiKey: string | undefined): string | undefined {
  const key = apiKey?.trim() || environment('RSOLV_API_KEY');
  // Files of variables may keep quotation marks as a part of the value.
  if (key === undefined || (isHeaderText(key) && !/^["']/.test(key))) return key;
  throw invalidConfiguration(
    'The API key has spaces, line breaks, quotes or characters that no key has. Compare it with the key that you were given.',
  );
}

/** Whether a text can be sent in a header as it is: what sends headers would name the text in its error. */
export const isHeaderText = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);

/**
 * The address of the platform without a trailing slash, and without the `/api/v1` that many add.
 *
 * @throws ConfigurationError
 */
export function resolveBaseUrl(baseUrl: string | undefined): string {
  const address = baseUrl?.trim() || environment('RSOLV_API_URL') || 'https://api.rsolv.dev';
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (/^[^/?#]*(\/\/)?[^/?#]*@/.test(address)) {
    throw invalidConfiguration('The base URL contains a user or password. Remove it from baseUrl or RSOLV_API_URL.');
  }
  if (!url || !/^https?:$/.test(url.protocol)) {
    // A key that was set in place of the address is not shown.
    const shown = /rsolvw?_/.test(address) ? '' : ` "${address}"`;
    throw invalidConfiguration(
      `The base URL${shown} is not an http or https address. ` +
        'Set baseUrl or RSOLV_API_URL to one that begins with http:// or https://, for example "http://127.0.0.1:4000".',
    );
  }
  return address.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
}

/** The trace that a call belongs to, if it has a valid one. */
export function resolveTraceparent(given: TransportOptions['traceparent']): string | undefined {
  try {
    const value = (typeof given === 'function' ? given() : given) ?? environment('TRACEPARENT') ?? '';
    return /^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(value) ? value : undefined;
  } catch {
    // Like a hook, it must not change how a call ends.
    return undefined;
  }
}

/** The error of an invalid configuration. */
export const invalidConfiguration = (message: string) => new ConfigurationError({ code: 'CONFIGURATION', message });

import type { IncomingMessage } from 'node:http';
import type { HeaderOf } from '@rsolv/shared/request-headers';

/** A request's headers, one by one; of one that came more than once, the first. */
export const headersOf =
  ({ headers }: IncomingMessage): HeaderOf =>
  (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };

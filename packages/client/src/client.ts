import { createTRPCClient, httpBatchLink, type TRPCClient } from '@trpc/client';
import type { AppRouter } from '@rsolv/server/router';
import superjson from 'superjson';

/** Where the platform is and the key to show it. */
export interface ClientOptions {
  readonly url: string;
  readonly apiKey: string;
}

/** Everything that the platform can be asked, with its types. */
export type Client = TRPCClient<AppRouter>;

/** Makes a client. Calls made in the same tick travel as one request. */
export function createClient({ url, apiKey }: ClientOptions): Client {
  return createTRPCClient<AppRouter>({
    links: [httpBatchLink({ url: new URL('/trpc', url), headers: { 'x-api-key': apiKey }, transformer: superjson })],
  });
}

import { losingFirstAnswers } from './losing-first-answers.ts';
import { deadUrl, startScriptedServer, type Answer } from './scripted-server.ts';

/** Addresses at which things go wrong, for programs that get them as environment variables. */
export interface TroubledAddresses extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
}

const elsewhere: Answer = { status: 302, headers: { location: 'https://elsewhere.invalid/trap' } };

/** Starts a server for each trouble. */
export async function startTroubledAddresses(platformUrl: string): Promise<TroubledAddresses> {
  const stack = new AsyncDisposableStack();
  const start = async (answer: Parameters<typeof startScriptedServer>[0]) =>
    stack.use(await startScriptedServer(...(answer ? [answer] : []))).url;
  return {
    env: {
      CUTTING_URL: await start(losingFirstAnswers(platformUrl)),
      REDIRECTING_URL: await start(elsewhere),
      STALLING_URL: await start('stall'),
      CUT_URL: await start('cut'),
      CUT_MIDWAY_URL: await start('cut midway'),
      DEAD_URL: await deadUrl(),
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

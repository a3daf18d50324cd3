import { equal, match, ok, rejects, throws } from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  AuthenticationError,
  CancelledError,
  ConfigurationError,
  ConnectionError,
  ForgeAccountMissingError,
  InvalidRequestError,
  PhaseDataClient,
  TimeoutError,
  UnexpectedAnswerError,
  createClient,
  isRsolvError,
} from '@rsolv/client';
import { explain } from './explain.js';
import { commitSha, setting } from './setting.js';

const at = (name: string) => createClient({ baseUrl: setting(name), maxRetries: 1, retryDelayMs: () => 1 });

/** What a promise rejects with. */
async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const nothing = Symbol('nothing');
  const thrown = await promise.then(
    () => nothing,
    (reason: unknown) => reason,
  );
  ok(thrown !== nothing, 'it did not reject');
  return thrown;
}

/** Steps of a program whose calls fail. */
export const failureSteps: Record<string, () => Promise<void>> = {
  'names the cause that the platform names': async () => {
    const unknown = await failureOf(createClient({ apiKey: 'unknown' }).whoami.query());
    ok(unknown instanceof AuthenticationError && isRsolvError(unknown) && !unknown.retryable);
    equal(unknown.code, 'API_KEY_UNKNOWN');
    equal(unknown.status, 401);
    match(unknown.requestId ?? '', /./);
    const repo = 'strangers/demo';
    const missing = await failureOf(createClient().phases.retrieve.query({ repo, commit: commitSha }));
    ok(missing instanceof ForgeAccountMissingError);
    match(explain(missing), /^operator: .*"strangers"/);
    const where = { repo: setting('REPO'), commitSha, issueNumber: 0 };
    const wrong = await failureOf(createClient().phases.store.mutate({ ...where, phase: 'mitigation', data: {} }));
    ok(wrong instanceof InvalidRequestError);
    equal(wrong.details[0]?.path, 'issueNumber');
  },

  'rejects a configuration that can not work': async () => {
    throws(() => createClient({ baseUrl: 'not an address' }), ConfigurationError);
    throws(() => createClient({ apiKey: 'a key' }), ConfigurationError);
  },

  'follows a redirect, and takes no other answer for the platform’s': async () => {
    const { customer } = await at('REDIRECTING_URL').whoami.query();
    match(customer.name, /./);
    const strange = await failureOf(at('FOREIGN_URL').whoami.query());
    ok(strange instanceof UnexpectedAnswerError, explain(strange));
    match(strange.message, /answered 200 with JSON with message, which is not the answer of the platform/);
  },

  'goes through the proxies that the environment names': async () => {
    for (const name of ['PROXIED_URL', 'PROXIED_TLS_URL']) {
      const { customer } = await createClient({ baseUrl: setting(name), maxRetries: 0 }).whoami.query();
      match(customer.name, /./, name);
    }
  },

  'says that no answer came': async () => {
    for (const name of ['DEAD_URL', 'CUT_URL', 'CUT_MIDWAY_URL']) {
      const failure = await failureOf(at(name).whoami.query());
      ok(failure instanceof ConnectionError, `${name}: ${explain(failure)}`);
      match(failure.message, /^No answer came from http:\S+ \(.+\)\. Check baseUrl/);
    }
  },

  'ends at its timeout, and with its signal': async () => {
    await rejects(at('STALLING_URL').whoami.query(undefined, { timeoutMs: 50 }), TimeoutError);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 50);
    const cancelled = await failureOf(at('STALLING_URL').whoami.query(undefined, { signal: controller.signal }));
    ok(cancelled instanceof CancelledError);
    ok(cancelled.cause instanceof Error);
    equal(cancelled.cause.message, 'enough');
    await rejects(createClient().whoami.query(undefined, { signal: AbortSignal.abort() }), CancelledError);
  },

  'shows its key in no error': async () => {
    const failure = await failureOf(at('CUT_URL').whoami.query());
    for (const each of [createClient(), new PhaseDataClient(), failure]) {
      for (const shown of [inspect(each, { depth: 9, showHidden: true }), JSON.stringify(each), String(failure)]) {
        ok(!shown.includes(setting('RSOLV_API_KEY')), 'the key was shown');
      }
    }
    match(JSON.stringify(failure), /"message":"No answer came/);
  },
};

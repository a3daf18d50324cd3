// The options of both clients, and the errors that they throw.
import * as client from '@rsolv/client';
import { describe, expectTypeOf, it } from 'vitest';

type Optional<T> = { readonly [Key in keyof T]?: T[Key] | undefined };

describe('options', () => {
  it('may each be left out or undefined', () => {
    expectTypeOf<client.TransportOptions>().toEqualTypeOf<
      Optional<{
        timeoutMs: number;
        maxRetries: number;
        retryDelayMs: (retry: number) => number;
        fetch: client.Fetch;
        logger: client.Logger;
        traceparent: string | (() => string | undefined);
        onRequest: (event: client.RequestEvent) => void;
        onResponse: (event: client.ResponseEvent) => void;
        onRetry: (event: client.RetryEvent) => void;
      }>
    >();
    type Own = Omit<client.ClientOptions, keyof client.TransportOptions>;
    expectTypeOf<Own>().toEqualTypeOf<Optional<{ apiKey: string; baseUrl: string }>>();
    expectTypeOf<client.ClientOptions>().toExtend<client.TransportOptions>();
    expectTypeOf<client.CallOptions>().toEqualTypeOf<Optional<{ signal: AbortSignal; timeoutMs: number }>>();
    expectTypeOf<Omit<client.RetrieveOptions, keyof client.CallOptions>>().toEqualTypeOf<
      Optional<{ forge: 'github' | 'gitlab' }>
    >();
    expectTypeOf<Omit<client.MutationOptions, keyof client.CallOptions>>().toEqualTypeOf<
      Optional<{ idempotencyKey: string }>
    >();
  });

  it('take the global fetch, and a small stand-in', () => {
    expectTypeOf<typeof globalThis.fetch>().toExtend<client.Fetch>();
    const standIn = async () => ({ ok: true, status: 200, json: async () => ({}) });
    expectTypeOf(standIn).toExtend<client.Fetch>();
    expectTypeOf<() => Promise<{ ok: boolean }>>().not.toExtend<client.Fetch>();
  });

  it('take console as logger', () => {
    expectTypeOf<Console>().toExtend<client.Logger>();
  });

  it('refuse what does not exist', () => {
    // @ts-expect-error -- it is timeoutMs
    client.createClient({ timeout: 5 });
    // @ts-expect-error -- hooks are functions
    client.createClient({ onRetry: 'always' });
  });
});

describe('hooks', () => {
  it('are told of each try, its answer and its retry', () => {
    expectTypeOf<client.RequestEvent>().toEqualTypeOf<{
      readonly method: 'GET' | 'POST';
      readonly url: string;
      readonly attempt: number;
      readonly idempotencyKey: string | undefined;
    }>();
    expectTypeOf<client.ResponseEvent>().toEqualTypeOf<{
      readonly method: 'GET' | 'POST';
      readonly url: string;
      readonly attempt: number;
      readonly idempotencyKey: string | undefined;
      readonly status: number;
      readonly requestId: string | undefined;
      readonly durationMs: number;
    }>();
    expectTypeOf<client.RetryEvent>().toExtend<client.RequestEvent>();
    expectTypeOf<client.RetryEvent['error']>().toEqualTypeOf<client.RsolvError>();
    expectTypeOf<client.RetryEvent['delayMs']>().toBeNumber();
  });
});

describe('errors', () => {
  /** Every class that the package exports, also one that is added later. */
  type Classes = {
    [
      Name in keyof typeof client as (typeof client)[Name] extends new (facts: client.ErrorFacts) => Error
        ? Name
        : never
    ]: InstanceType<Extract<(typeof client)[Name], new (facts: client.ErrorFacts) => Error>>;
  };

  it('all are an RsolvError, which is an Error', () => {
    expectTypeOf<Classes[keyof Classes]>().toExtend<client.RsolvError>();
    expectTypeOf<client.RsolvError>().toExtend<Error>();
    expectTypeOf<client.ForgeAccountMissingError>().toExtend<client.AccessDeniedError>();
    expectTypeOf<client.ForgeAccountUnverifiedError>().toExtend<client.AccessDeniedError>();
  });

  it('say by name which they are', () => {
    type Own = Exclude<keyof Classes, 'RsolvError' | 'AccessDeniedError'>;
    expectTypeOf<{ [Name in Own]: Classes[Name]['name'] }>().toEqualTypeOf<{ [Name in Own]: Name }>();
    expectTypeOf<client.ConfigurationError['name']>().toEqualTypeOf<'ConfigurationError'>();
  });

  it('know code, status, request, fields, and whether to try again', () => {
    expectTypeOf<Omit<client.RsolvError, keyof Error>>().toEqualTypeOf<{
      readonly code: client.RsolvErrorCode;
      readonly status: number | undefined;
      readonly requestId: string | undefined;
      readonly retryable: boolean;
      readonly details: readonly { readonly path: string; readonly message: string }[];
    }>();
  });

  it("have a code that completes to the platform's and the client's, and may be a newer one", () => {
    expectTypeOf<client.ErrorCode>().toExtend<client.RsolvErrorCode>();
    expectTypeOf<client.ClientErrorCode>().toExtend<client.RsolvErrorCode>();
    expectTypeOf<'FORGE_ACCOUNT_MISSING' | 'IDEMPOTENCY_KEY_REUSED'>().toExtend<client.ErrorCode>();
    expectTypeOf<'HTTP_418'>().toExtend<client.ClientErrorCode>();
    expectTypeOf<'OF_NEXT_YEAR'>().toExtend<client.RsolvErrorCode>();
    expectTypeOf<string>().not.toExtend<client.ErrorCode>();
  });

  it('are narrowed by the guard', () => {
    const read = (thrown: unknown): string => {
      expectTypeOf(thrown).toBeUnknown();
      if (!client.isRsolvError(thrown)) return '';
      expectTypeOf(thrown).toEqualTypeOf<client.RsolvError>();
      if (thrown instanceof client.ForgeAccountMissingError) {
        expectTypeOf(thrown).toEqualTypeOf<client.ForgeAccountMissingError>();
      }
      return thrown.requestId ?? thrown.message;
    };
    void read;
  });
});

import { expect, it } from 'vitest';
import { isDatabaseUnavailable } from '../../src/database/unavailable.ts';
import { DatabaseLostError } from '../../src/database/database-lost-error.ts';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

it.each([
  ['a refused connection', withCode('ECONNREFUSED')],
  ['a reset connection', withCode('ECONNRESET')],
  ['an unknown host', withCode('ENOTFOUND')],
  ['a connection failure', withCode('08006')],
  ['too many connections', withCode('53300')],
  ['a full disk', withCode('53100')],
  ['an I/O error', withCode('58030')],
  ['an embedded database that failed', new DatabaseLostError({ cause: new Error('x') })],
  ['a shutdown', withCode('57P01')],
  ['a startup', withCode('57P03')],
  ['a standby', withCode('25006')],
  ['a lock timeout', withCode('55P03')],
  ['a statement timeout', withCode('57014')],
  ['a terminated connection', new Error('Connection terminated unexpectedly')],
  ['a connection timeout', new Error('timeout exceeded when trying to connect')],
  ['a closed pool', new Error('Cannot use a pool after calling end on the pool')],
  ['a closed driver', new Error('driver has already been destroyed')],
  ['several addresses', new AggregateError([withCode('EHOSTUNREACH'), withCode('ECONNREFUSED')])],
  ['one of them wrapped', new Error('wrapped', { cause: new Error('again', { cause: withCode('EPIPE') }) })],
])('treats %s as unavailable', (_name, thrown) => {
  expect(isDatabaseUnavailable(thrown)).toBe(true);
});

it.each([
  ['a unique violation', withCode('23505')],
  ['a missing table', withCode('42P01')],
  ['another error', new Error('x')],
  ['no error', 'ECONNREFUSED'],
  ['nothing', undefined],
  ['several others', new AggregateError([new Error('x')])],
  ['a code that is none', Object.assign(new Error('x'), { code: 8006 })],
])('does not treat %s as unavailable', (_name, thrown) => {
  expect(isDatabaseUnavailable(thrown)).toBe(false);
});

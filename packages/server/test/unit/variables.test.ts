import { expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { readVariables, unknownVariableWarnings } from '../../src/config/variables.ts';

it('drops blanks and line ends around values, and variables that are empty then', () => {
  expect(readVariables({ PORT: ' 4000\n', HOST: '\r\n', LOG_LEVEL: '', RSOLV_DATA_DIR: 'my data ' })).toEqual({
    PORT: '4000',
    RSOLV_DATA_DIR: 'my data',
  });
  expect(
    readConfig({ PORT: '4001\n', RSOLV_SERVERS: ' 3', RSOLV_NAMESPACE: '\tacme\r\n', RSOLV_METRICS_PORT: ' ' }),
  ).toMatchObject({ port: 4001, rateLimits: { servers: 3 }, firstNamespace: 'acme', metrics: undefined });
});

it.each([
  ['RSOLV_BODYLIMIT', 'RSOLV_BODY_LIMIT'],
  ['RSOLV_PUBLIC_URI', 'RSOLV_PUBLIC_URL'],
  ['RSOLV_KEY_PEPER', 'RSOLV_KEY_PEPPER'],
  ['RSOLV_PORT', 'PORT'],
  ['RSOLV_LOG_LEVEL', 'LOG_LEVEL'],
  ['RSOLV_APIKEY', 'RSOLV_API_KEY'],
  ['rsolv_servers', 'RSOLV_SERVERS'],
  ['DATABASE_URI', 'DATABASE_URL'],
  ['DATABASE_POOLSIZE', 'DATABASE_POOL_SIZE'],
])('warns of %s and names %s', (name, meant) => {
  expect(unknownVariableWarnings({ [name]: 'a secret' })).toEqual([
    `${name} is not a setting, so it is ignored. Did you mean ${meant}?`,
  ]);
});

it('warns of a variable that is similar to no setting, without its value', () => {
  expect(unknownVariableWarnings({ RSOLV_COLOUR_OF_THE_SKY: 'a secret' })).toEqual([
    'RSOLV_COLOUR_OF_THE_SKY is not a setting, so it is ignored.',
  ]);
});

it.each([
  'RSOLV_API_KEY',
  'RSOLV_API_URL',
  'RSOLV_ID_TOKEN',
  'RSOLV_TEST_TIER',
  'DATABASE_HOST',
  'DATABASE_USER',
  'DATABASE_PASSWORD',
  'PORTAL',
  'OTEL_SERVICE_NAME',
])('does not warn of %s, which another program or the client reads', (name) => {
  expect(unknownVariableWarnings({ [name]: 'value' })).toEqual([]);
});

it('does not warn of an empty variable', () => {
  expect(unknownVariableWarnings({ RSOLV_BODYLIMIT: ' ' })).toEqual([]);
});

// The one way of imports: main → app → http → rpc → { phases, workflows } → forges → customers → audit → entities → shared. Limits,
// metrics and tracing stand beside them and know nobody.

const server = '^packages/server/src';
const room = (name) => `${server}/${name}/`;

/** What lies in `from` must not import what lies in `to`. */
const forbid = (name, from, to) => ({ name, severity: 'error', from: { path: from }, to: { path: to } });

/** Only what lies in `users` may import the packages. */
const onlyIn = (name, users, packages) => ({
  name,
  severity: 'error',
  from: { path: '^packages/server/src', pathNot: users },
  to: { path: packages.map((each) => `node_modules/${each}/`) },
});

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'nothing-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    forbid('shared-is-the-ground', '^packages/shared', '^(packages/(?!shared)|migrations)'),
    forbid('entities-know-only-shared', room('entities'), `${server}/(?!entities/)`),
    forbid('errors-are-a-leaf', `${server}/errors\\.ts$`, server),
    forbid('audit-knows-no-room', room('audit'), `${server}/(customers|forges|phases|workflows|rpc|http|cli|app|main)`),
    forbid('customers-know-no-room', room('customers'), `${server}/(forges|phases|workflows|rpc|http|cli|app|main)`),
    forbid('limits-know-no-room', room('limits'), `${server}/(?!limits/)`),
    forbid('metrics-know-no-room', room('metrics'), `${server}/(?!metrics/)`),
    forbid('tracing-knows-no-room', room('tracing'), `${server}/(?!tracing/)`),
    forbid('forges-know-customers-only', room('forges'), `${server}/(phases|workflows|rpc|http|cli|app|main)`),
    forbid('phases-know-forges-and-customers', room('phases'), `${server}/(workflows|rpc|http|cli|app|main)`),
    forbid('workflows-know-forges-and-customers', room('workflows'), `${server}/(phases|rpc|http|cli|app|main)`),
    forbid('rpc-knows-no-http', room('rpc'), `${server}/(http|cli|app|main)`),
    forbid('http-knows-no-app', room('http'), `${server}/(cli|app|main)`),
    forbid('app-knows-no-main', `${server}/app\\.ts$`, `${server}/(cli|main)`),
    forbid('main-knows-no-cli', `${server}/main\\.ts$`, room('cli')),
    forbid('client-knows-the-router-only', '^packages/client/src', `${server}/(?!rpc/router\\.ts$)`),
    forbid('client-knows-no-testing', '^packages/client/src/(?!testing/)', '^packages/client/src/testing/'),
    {
      name: 'client-has-types-of-shared-only',
      severity: 'error',
      from: { path: '^packages/client/src/(?!testing/)' },
      to: { path: '^packages/shared/|node_modules/zod/', dependencyTypesNot: ['type-only'] },
    },
    forbid('sources-know-no-tests', '^packages/[^/]+/src', '^packages/[^/]+/(test|dev)/'),
    onlyIn('express-in-app-and-http', `${server}/(app\\.ts$|http/)`, ['express', 'helmet', 'pino-http', 'raw-body']),
    onlyIn('trpc-in-http-and-rpc', `${server}/(app\\.ts$|http/|rpc/)`, ['@trpc']),
    onlyIn('drivers-in-database', `${server}/((database|migrate)\\.ts$|embedded/)`, [
      '@mikro-orm/(pglite|postgresql|migrations)',
      'pg',
      '@electric-sql/pglite',
    ]),
    forbid('embedded-knows-errors-only', room('embedded'), `${server}/(?!embedded/|errors\\.ts$)`),
    onlyIn('counting-in-limits', room('limits'), ['rate-limiter-flexible', 'ipaddr\\.js']),
    onlyIn('prometheus-in-metrics', room('metrics'), ['prom-client']),
    onlyIn('open-telemetry-in-tracing', room('tracing'), ['@opentelemetry']),
    onlyIn('tokens-in-workflows', room('workflows'), ['jose']),
    onlyIn('commander-in-cli', room('cli'), ['commander', 'string-width']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.cjs', '.json'],
    },
  },
};

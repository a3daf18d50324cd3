// The rules of imports: docs/decisions and ARCHITECTURE.md say why. A new room is a name in one of these rows.

/** The rooms of the server, from the one that everything hangs on down to the ground. Rooms in one row do not know each other. */
const rows = [
  ['cli'],
  ['lifecycle'],
  ['http'],
  ['pages'],
  ['rpc', 'jobs'],
  ['phases', 'workflows'],
  ['accounts'],
  ['access'],
  ['audit'],
  ['database'],
  ['config', 'entities'],
  ['limits', 'observability'],
];

const server = '^packages/server/src';
const room = (name) => `${server}/${name}/`;

/** What lies in `from` must not import what lies in `to`. */
const forbid = (name, from, to) => ({ name, severity: 'error', from: { path: from }, to: { path: to } });

/** A room imports only from itself and from the rows below its own. */
const oneWay = rows.flatMap((row, index) =>
  row.map((name) => {
    const below = rows.slice(index + 1).flat();
    return forbid(`${name}-imports-from-below`, room(name), `${server}/(?!(${[name, ...below].join('|')})/)`);
  }),
);

/** Only what lies in `users` may import the packages. */
const onlyIn = (users, packages) => ({
  name: `only-${users.join('-and-')}-may-import-${packages[0].replaceAll(/\W+/g, '-')}`,
  severity: 'error',
  from: { path: server, pathNot: users.map(room) },
  to: { path: packages.map((each) => `node_modules/${each}/`) },
});

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'nothing-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    forbid('shared-is-the-ground', '^packages/shared', '^(packages/(?!shared)|migrations)'),
    forbid('every-file-has-a-room', `${server}/(?!main\\.ts$)[^/]+$`, '.'),
    ...oneWay,
    forbid('client-knows-the-router-only', '^packages/client/src', `${server}/(?!rpc/router\\.ts$)`),
    forbid('client-knows-no-testing', '^packages/client/src/(?!testing/)', '^packages/client/src/testing/'),
    {
      name: 'client-has-types-of-shared-only',
      severity: 'error',
      from: { path: '^packages/client/src/(?!testing/)' },
      to: { path: '^packages/shared/|node_modules/zod/', dependencyTypesNot: ['type-only'] },
    },
    forbid('sources-know-no-tests', '^packages/[^/]+/src', '^packages/[^/]+/(test|dev)/'),
    forbid('sources-know-no-harness', '^packages/(?!test-harness)[^/]+/src', '^packages/test-harness/'),
    onlyIn(['http', 'pages', 'observability', 'lifecycle'], ['express', 'helmet', 'raw-body']),
    onlyIn(['http', 'pages', 'rpc'], ['@trpc']),
    onlyIn(['database'], ['@mikro-orm/(pglite|postgresql|migrations)', 'pg', '@electric-sql/pglite']),
    onlyIn(['limits'], ['ipaddr\\.js']),
    onlyIn(['observability'], ['prom-client', '@opentelemetry']),
    onlyIn(['workflows'], ['jose']),
    onlyIn(['jobs'], ['pg-boss']),
    onlyIn(['cli'], ['commander', 'string-width']),
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

// The import rules. ARCHITECTURE.md and docs/decisions explain them. To add a room, add its name to one of these rows.

/** The rooms of the server, from the top to the bottom. Rooms in one row may not import each other. */
const rows = [
  ['cli'],
  ['lifecycle'],
  ['http'],
  ['pages'],
  ['rpc', 'jobs'],
  ['phases', 'workflows'],
  ['findings'],
  ['accounts'],
  ['access'],
  ['audit'],
  ['database'],
  ['config', 'entities'],
  ['limits', 'observability'],
];

const server = '^packages/server/src';
const room = (name) => `${server}/${name}/`;

/** Files that match `from` must not import files that match `to`. */
const forbid = (name, from, to) => ({ name, severity: 'error', from: { path: from }, to: { path: to } });

/** A room may import only from itself and from the rows below its own. */
const oneWay = rows.flatMap((row, index) =>
  row.map((name) => {
    const below = rows.slice(index + 1).flat();
    return forbid(`${name}-imports-from-lower-rows`, room(name), `${server}/(?!(${[name, ...below].join('|')})/)`);
  }),
);

/** Only the rooms in `users` may import the packages. */
const onlyIn = (users, packages) => ({
  name: `only-${users.join('-and-')}-may-import-${packages[0].replaceAll(/\W+/g, '-')}`,
  severity: 'error',
  from: { path: server, pathNot: users.map(room) },
  to: { path: packages.map((each) => `node_modules/${each}/`) },
});

module.exports = {
  forbidden: [
    { name: 'no-circular-imports', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable-imports', severity: 'error', from: {}, to: { couldNotResolve: true } },
    forbid('shared-imports-nothing', '^packages/shared', '^(packages/(?!shared)|migrations)'),
    forbid('every-file-is-in-a-room', `${server}/(?!main\\.ts$)[^/]+$`, '.'),
    ...oneWay,
    forbid('client-imports-only-the-router-type', '^packages/client/src', `${server}/(?!rpc/router\\.ts$)`),
    forbid('client-imports-no-testing', '^packages/client/src/(?!testing/)', '^packages/client/src/testing/'),
    {
      name: 'client-imports-only-types-of-shared',
      severity: 'error',
      from: { path: '^packages/client/src/(?!testing/)' },
      // The names of fields are plain data, and import nothing.
      to: {
        path: '^packages/shared/(?!src/wire/accepted-names[.]ts$)|node_modules/zod/',
        dependencyTypesNot: ['type-only'],
      },
    },
    forbid('sources-import-no-tests', '^packages/[^/]+/src', '^packages/[^/]+/(test|dev)/'),
    forbid('sources-import-no-test-harness', '^packages/(?!test-harness)[^/]+/src', '^packages/test-harness/'),
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

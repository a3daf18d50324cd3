import manifest from '../../package.json' with { type: 'json' };

/** The server's version, from its package.json. `pnpm changeset version` sets it. */
export const { version } = manifest;

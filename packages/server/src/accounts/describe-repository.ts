import type { RepositoryOutput } from '@rsolv/shared/contract/repository';

/** The columns that {@link describeRepository} needs. */
export const repositoryColumns = ['id', 'forge_type', 'full_path', 'first_seen_at', 'last_activity_at'] as const;

interface Row {
  readonly id: string;
  readonly forge_type: RepositoryOutput['forge'];
  readonly full_path: string;
  readonly first_seen_at: Date | string;
  readonly last_activity_at: Date | string;
}

/** A repository as the platform's responses have it. */
export function describeRepository(row: Row): RepositoryOutput {
  return {
    id: row.id,
    forge: row.forge_type,
    repo: row.full_path,
    firstSeenAt: new Date(row.first_seen_at),
    lastActivityAt: new Date(row.last_activity_at),
  };
}

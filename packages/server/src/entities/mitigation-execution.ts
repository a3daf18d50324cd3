import { defineEntity, p } from '@mikro-orm/core';
import { executionColumns, listIndexes, newestFirst } from './execution-columns.ts';

export const MitigationExecution = defineEntity({
  name: 'MitigationExecution',
  tableName: 'mitigation_executions',
  properties: {
    ...executionColumns,
    issueNumber: p.integer(),
    prUrl: p.text().nullable(),
    prNumber: p.integer().nullable(),
    filesChanged: p.integer().nullable(),
  },
  indexes: [
    newestFirst('mitigation_executions_issue_index', 'issue_number'),
    newestFirst('mitigation_executions_commit_index', 'commit_sha', 'issue_number'),
    ...listIndexes('mitigation'),
  ],
});

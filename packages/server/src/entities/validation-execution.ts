import { defineEntity, p } from '@mikro-orm/core';
import { executionColumns, listIndexes, newestFirst } from './execution-columns.ts';

export const ValidationExecution = defineEntity({
  name: 'ValidationExecution',
  tableName: 'validation_executions',
  properties: {
    ...executionColumns,
    issueNumber: p.integer(),
    validated: p.boolean().default(false),
    vulnerabilitiesFound: p.integer().default(0),
  },
  indexes: [
    newestFirst('validation_executions_issue_index', 'issue_number'),
    newestFirst('validation_executions_commit_index', 'commit_sha', 'issue_number'),
    ...listIndexes('validation'),
  ],
});

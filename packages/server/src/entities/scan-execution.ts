import { defineEntity, p } from '@mikro-orm/core';
import { executionColumns, listIndexes, newestFirst } from './execution-columns.ts';

export const ScanExecution = defineEntity({
  name: 'ScanExecution',
  tableName: 'scan_executions',
  properties: {
    ...executionColumns,
    branch: p.text().nullable(),
    vulnerabilitiesCount: p.integer().default(0),
  },
  indexes: [newestFirst('scan_executions_commit_index', 'commit_sha'), ...listIndexes('scan')],
});

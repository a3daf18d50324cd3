import { ApiKey } from './api-key.ts';
import { AuditEvent } from './audit-event.ts';
import { Customer } from './customer.ts';
import { ForgeAccount } from './forge-account.ts';
import { IdempotencyKey } from './idempotency-key.ts';
import { Installation } from './installation.ts';
import { MitigationExecution } from './mitigation-execution.ts';
import { Repository } from './repository.ts';
import { ScanExecution } from './scan-execution.ts';
import { UsedIdToken } from './used-id-token.ts';
import { ValidationExecution } from './validation-execution.ts';

/** Every entity. Migrations are generated from this list. */
export const entities = [
  Customer,
  ApiKey,
  ForgeAccount,
  Repository,
  ScanExecution,
  ValidationExecution,
  MitigationExecution,
  IdempotencyKey,
  UsedIdToken,
  AuditEvent,
  Installation,
];

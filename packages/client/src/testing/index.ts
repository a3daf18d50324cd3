export type { Scope } from '@rsolv/shared/contract/api-key';
export type { ForgeType } from '@rsolv/shared/contract/forge';
export { createTestingPlatform, type TestingPlatform, type TestingPlatformOptions } from './create-testing-platform.ts';
export type { Outage } from './outage.ts';
export type { StoredExecution, StoredMitigation, StoredScan, StoredValidation } from './stored-execution.ts';
export type { TestingCustomer, TestingCustomerOptions, TestingKeyOptions } from './testing-customer.ts';

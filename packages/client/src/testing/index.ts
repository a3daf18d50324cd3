export { createTestingPlatform, type TestingPlatform, type TestingPlatformOptions } from './create-testing-platform.ts';
export type { Outage } from './outage.ts';
export type { Forge, StoredExecution, StoredMitigation, StoredScan, StoredValidation } from './stored-execution.ts';
export type {
  KeyScope,
  TestingCustomer,
  TestingCustomerOptions,
  TestingForgeOptions,
  TestingKeyOptions,
} from './testing-customer.ts';

/**
 * The quota of a customer's forge accounts, and of its valid API keys without those of workflows: as many as one list can
 * return.
 */
export const maxRecordsPerCustomer = 1000;

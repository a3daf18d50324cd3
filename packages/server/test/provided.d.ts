// The values that global setups of the test harness provide, as types of vitest's `inject`.
import '@rsolv/test-harness/database-template';
import '@rsolv/test-harness/packaged';

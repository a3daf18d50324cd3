// The types of what the harness's global setups provide.
import '@rsolv/test-harness/provided-context';

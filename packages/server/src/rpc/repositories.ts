import {
  listRepositoriesInput,
  listRepositoriesOutput,
  renameRepositoryInput,
  repository,
} from '@rsolv/shared/contract/repository';
import { listRepositories } from '../accounts/list-repositories.ts';
import { renameRepository } from '../accounts/rename-repository.ts';
import { listing, managing, reporting, router } from './procedure.ts';

/** The repositories that executions were stored for. */
export const repositoriesRouter = router({
  list: reporting('repository.list')
    .use(listing)
    .input(listRepositoriesInput)
    .output(listRepositoriesOutput)
    .query(({ ctx: { platform, rights }, input }) =>
      listRepositories(platform.database.kysely, { ...input, customerId: rights.customerId }, rights),
    ),

  rename: managing('repository.rename')
    .input(renameRepositoryInput)
    .output(repository)
    .mutation(({ ctx: { em, customer, by, audit }, input: { id, to } }) => {
      audit.setTarget({ ...to, id });
      // A key with the scope manage has no restriction.
      const rights = { customerId: customer.id, restriction: null };
      return renameRepository(em, { customerId: customer.id, repositoryId: id, to, rights }, by);
    }),
});

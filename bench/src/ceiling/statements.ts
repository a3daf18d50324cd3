// The two hand-written statements of the ceiling. They do the essential work of the platform's statements, without scopes,
// repository restrictions, groups, idempotency, audit events and reasons of refusals.

/** A prepared statement: its name and its text. */
export interface Prepared {
  readonly name: string;
  readonly text: string;
}

/** Selects the valid API key and the customer's verified forge account for the namespace. */
const allowed = `
  select api_keys.id as api_key_id, api_keys.customer_id
  from api_keys
    join customers on customers.id = api_keys.customer_id
    join forge_accounts on forge_accounts.customer_id = customers.id
  where key_hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())
    and customers.deactivated_at is null
    and forge_type = 'github' and lower(forge_accounts.namespace collate "C") = lower($2 collate "C")
    and forge_accounts.verified_at is not null`;

const isRepository = `repositories.forge_type = 'github'
  and lower(repositories.namespace collate "C") = lower($2 collate "C")
  and lower(repositories.name collate "C") = lower($3 collate "C")`;

/** Values: key hash, namespace, name, commit, id of a new repository, execution id, data, branch, number of findings. */
export const storeScan: Prepared = {
  name: 'store scan',
  text: `
    with allowed as (${allowed}),
    known as (select id from repositories where ${isRepository}),
    created as (
      insert into repositories (id, customer_id, forge_type, namespace, name)
      select $5::uuid, customer_id, 'github', $2, $3 from allowed where not exists (select from known)
      on conflict do nothing
      returning id
    )
    insert into scan_executions (id, customer_id, repository_id, api_key_id, commit_sha, status, data,
      started_at, completed_at, branch, vulnerabilities_count)
    select $6::uuid, customer_id, repository.id, api_key_id, $4, 'completed', $7::jsonb, now(), now(), $8, $9::int
    from allowed, (select id from known union all select id from created) as repository
    returning id`,
};

const newest = (table: string, data: string, condition: string) => `(
  select ${data} from ${table}
  where customer_id = (select customer_id from place) and repository_id = (select id from place)
    and status = 'completed' and ${condition}
  order by completed_at desc, id desc limit 1)`;

const mitigationData = `(jsonb_strip_nulls(jsonb_build_object(
  'pr_url', pr_url, 'pr_number', pr_number, 'files_changed', files_changed)) || data)::text`;

/** Values: key hash, namespace, name, commit, issue. Each phase is returned as text, so that it is not parsed. */
export const retrieve: Prepared = {
  name: 'retrieve',
  text: `
    with allowed as (${allowed}),
    place as (select allowed.customer_id, repositories.id from allowed, repositories where ${isRepository})
    select ${newest('scan_executions', 'data::text', 'commit_sha = $4')} as scan,
      ${newest('validation_executions', 'data::text', 'issue_number = $5::int')} as validation,
      ${newest('mitigation_executions', mitigationData, 'issue_number = $5::int')} as mitigation
    from allowed`,
};

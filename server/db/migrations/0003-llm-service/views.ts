// The requirement documents' tables as read-only views: the same columns on both engines, except that an instant is
// a timestamptz on PostgreSQL and an ISO text on SQLite.
import { type Kysely, PostgresAdapter } from 'kysely';

/** @param db tells the engine. */
export function views(db: Kysely<never>): string[] {
  const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const at = (column: string) =>
    isPostgres ? `to_timestamp(${column} / 1000.0)` : `strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch')`;
  return [
    chatLogs(at),
    llmCallLogs(at),
    llmConfigs(at),
    llmModels(at),
    llmUsage(),
    virtualKeys(at),
    groups(at),
    systemConfig(at),
  ];
}

type At = (column: string) => string;

/** PostgreSQL lets a view of one table be written through; of two it does not. */
const READ_ONLY = 'cross join (select 1 as one) read_only';

/** Requirement 001. */
const chatLogs = (at: At) => `create view chat_logs as select
    id, user_id, coalesce(user_name, seat_name, pass_name) as username, ip as ip_address, channel_id, model as model_id,
    prompt_tokens, completion_tokens, ${at('opened_at')} as created_at
  from calls ${READ_ONLY} where state <> 'open'`;

/** Requirement 004. Its status knows two words; ours is beside it. */
const llmCallLogs = (at: At) => `create view llm_call_logs as select
    c.id, c.channel_id as config_id, c.template_id, c.classroom_id as group_id, c.activation_code,
    coalesce(k.request_json, '[]') as request_messages, k.params_json as request_params,
    k.response_text as response_content, k.response_json as response_data,
    case when c.status = 'success' then 'success' else 'error' end as status,
    case when c.status = 'success' then null else coalesce(c.error_message, c.error_code) end as error_message,
    c.prompt_tokens + c.completion_tokens as tokens_used, c.prompt_tokens, c.completion_tokens,
    ${at('c.opened_at')} as call_time, c.settled_at - c.opened_at as duration_ms, c.status as status_detail, c.kind
  from calls c left join call_contents k on k.call_id = c.id where c.state <> 'open'`;

/** Requirement 004; a key shows its hint only. */
const llmConfigs = (at: At) => `create view llm_configs as select
    c.id, k.hint as api_key, ${at('c.updated_at')} as updated_at
  from channels c left join channel_keys k on k.channel_id = c.id and k.position = 0`;

/** Requirement 003: a route with its model and channel. Prices are dollars per million tokens. */
const llmModels = (at: At) => `create view llm_models as select
    r.id, m.display_name as name, m.public_name as model_id, m.provider, m.type, m.description,
    case when m.status = 'enabled' and r.status = 'enabled' and c.status = 'enabled' then 'enabled'
      when m.status = 'inactive' or r.status = 'inactive' then 'inactive' else 'disabled' end as status,
    c.base_url, c.auth_type, c.key_usage_mode,
    (select count(*) from channel_keys k where k.channel_id = c.id) as api_keys,
    case when m.capabilities like '%"vision"%' then 1 else 0 end as supports_vision,
    m.max_output_tokens as max_tokens, m.context_window, r.rpm_limit, r.tpm_limit,
    ${at('r.created_at')} as created_at, ${at('r.updated_at')} as updated_at
  from routes r join models m on m.id = r.model_id join channels c on c.id = r.channel_id`;

/** Requirement 003: what each user used of each model on each day. */
const llmUsage = () => `create view llm_usage as select
    user_id, day, model as model_id, count(*) as calls, sum(prompt_tokens) as prompt_tokens,
    sum(completion_tokens) as completion_tokens, sum(cost_nanos) as cost_nanos
  from calls where state <> 'open' and user_id is not null group by user_id, day, model`;

/** Requirement 000: what may be told of a pass; never its key. */
const virtualKeys = (at: At) => `create view virtual_keys as select
    id, token_hash as token, key_name, alias as key_alias, user_id, classroom_id as team_id, models,
    budget_nanos / 1000000000.0 as max_budget, budget_period as budget_duration, rpm_limit, tpm_limit,
    max_parallel as max_parallel_requests, case when status = 'active' then 0 else 1 end as blocked,
    ${at('expires_at')} as expires, ${at('created_at')} as created_at, ${at('updated_at')} as updated_at
  from passes ${READ_ONLY}`;

/** Requirement 004's groups are our classrooms. */
const groups = (at: At) => `create view groups as select
    id, name, status, ${at('created_at')} as created_at, ${at('updated_at')} as updated_at from classrooms ${READ_ONLY}`;

/** Requirement 001; values are JSON. */
const systemConfig = (at: At) => `create view system_config as select
    key, value, ${at('updated_at')} as updated_at from settings ${READ_ONLY} where key not like 'internal.%'`;

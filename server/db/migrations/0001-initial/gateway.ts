// What can be called: channels, their keys, models, routes, prices.
import { timestamps } from './columns.ts';

export const statements: readonly string[] = [
  `create table channels (
    id text not null primary key,
    name text not null,
    preset text,
    protocol text not null,
    base_url text not null,
    auth_type text not null,
    key_usage_mode text not null,
    status text not null,
    rpm_limit integer,
    tpm_limit integer,
    options text not null,
    ${timestamps}
  )`,
  `create table channel_keys (
    id text not null primary key,
    channel_id text not null references channels(id) on delete cascade,
    position integer not null,
    ciphertext text not null,
    hint text not null,
    status text not null,
    cooldown_until bigint,
    last_error text,
    last_error_at bigint,
    ${timestamps}
  )`,
  `create index channel_keys_channel_id_position on channel_keys (channel_id, position)`,
  `create table models (
    id text not null primary key,
    public_name text not null unique,
    display_name text not null,
    type text not null,
    provider text,
    description text,
    status text not null,
    capabilities text not null,
    context_window integer,
    max_output_tokens integer,
    ${timestamps}
  )`,
  `create table model_aliases (
    alias text not null,
    model_id text not null references models(id) on delete cascade,
    created_at bigint not null,
    primary key (alias)
  )`,
  `create table routes (
    id text not null primary key,
    model_id text not null references models(id) on delete cascade,
    channel_id text not null references channels(id) on delete cascade,
    upstream_model text not null,
    priority integer not null,
    weight integer not null,
    status text not null,
    rpm_limit integer,
    tpm_limit integer,
    ${timestamps},
    unique (model_id, channel_id, upstream_model)
  )`,
  `create index routes_channel_id on routes (channel_id)`,
  `create table prices (
    id text not null primary key,
    model_id text references models(id) on delete cascade,
    route_id text references routes(id) on delete cascade,
    prompt_nanos bigint not null,
    completion_nanos bigint not null,
    cached_nanos bigint,
    cache_write_nanos bigint,
    reasoning_nanos bigint,
    image_nanos bigint,
    audio_nanos bigint,
    request_nanos bigint,
    source text not null,
    valid_from bigint not null,
    created_at bigint not null
  )`,
  `create index prices_model_id on prices (model_id)`,
  `create index prices_route_id on prices (route_id)`,
  `create table llm_prompt_templates (
    id text not null primary key,
    name text not null,
    template text not null,
    created_at bigint not null
  )`,
];

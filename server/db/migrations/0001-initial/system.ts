// Blocked addresses, settings, audit, jobs, and the version row every process polls.
export const statements: readonly string[] = [
  `create table blocked_ips (
    id text not null primary key,
    ip_address text not null,
    reason text,
    created_by text,
    created_at bigint not null,
    expires_at bigint
  )`,
  `create index blocked_ips_ip_address on blocked_ips (ip_address)`,
  `create table blocked_attempts (
    id text not null primary key,
    blocked_ip_id text not null references blocked_ips(id) on delete cascade,
    ip text not null,
    path text not null,
    hour integer not null,
    attempts integer not null,
    last_at bigint not null
  )`,
  `create index blocked_attempts_blocked_ip_id_hour on blocked_attempts (blocked_ip_id, hour)`,
  `create table settings (
    key text not null,
    value text not null,
    updated_at bigint not null,
    updated_by text,
    primary key (key)
  )`,
  `create table audit (
    seq bigint not null primary key,
    id text not null unique,
    at bigint not null,
    actor_id text,
    actor_name text,
    action text not null,
    target_kind text,
    target_id text,
    detail text not null,
    ip text,
    previous_hash text not null,
    hash text not null
  )`,
  `create index audit_at on audit (at)`,
  `create index audit_actor_id_at on audit (actor_id, at)`,
  `create index audit_target_kind_target_id on audit (target_kind, target_id)`,
  `create table jobs (
    id text not null primary key,
    kind text not null,
    status text not null,
    run_at bigint not null,
    started_at bigint,
    ended_at bigint,
    attempts integer not null,
    payload text not null,
    result text
  )`,
  `create index jobs_status_run_at on jobs (status, run_at)`,
  `create table changes (
    id integer not null primary key,
    version bigint not null,
    check (id = 1)
  )`,
  `insert into changes (id, version) values (1, 1)`,
];

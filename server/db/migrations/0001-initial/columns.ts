// Column groups that several tables share.

export const permissions = `models text,
    access_schedule text,
    content_policy text,
    max_output_tokens integer,
    budget_nanos bigint,
    budget_period text,
    rpm_limit integer,
    tpm_limit integer,
    max_parallel integer`;

export const timestamps = `created_at bigint not null,
    updated_at bigint not null`;

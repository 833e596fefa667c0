// Closed lists and bounds that the pages show. No schema stands here: what checks a body need not be loaded to write one.

/** Days of a timetable, Monday first. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export const MODEL_TYPES = ['chat', 'embedding', 'image', 'audio', 'video', 'rerank', 'moderation'] as const;
export type ModelType = (typeof MODEL_TYPES)[number];

export const CAPABILITIES = ['vision', 'tools', 'reasoning', 'json', 'audio', 'files'] as const;

/** What has become of an activation code. */
export const CODE_STATUSES = ['open', 'redeemed', 'revoked', 'expired'] as const;
export type CodeStatus = (typeof CODE_STATUSES)[number];

/** Activation codes of one batch. */
export const CODES_MAX = 500;

/** Names of one paste, and passes of a class that one request changes. */
export const NAMES_MAX = 200;

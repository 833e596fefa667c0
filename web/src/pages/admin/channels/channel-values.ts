// Between a channel and its form: what the fields hold, what is wrong with them, what is sent.
import type { ChannelUpdate, ChannelView } from '@/api/admin.ts';
import type { FieldErrors } from '@/composables/use-form.ts';
import { t } from '@/i18n/texts.ts';

type KeyView = ChannelView['api_keys'][number];

export interface ChannelValues {
  name: string;
  baseUrl: string;
  /** One that is typed here is the channel's key; where it has several, one more. */
  apiKey: string;
  modelId: string;
  /** As typed; empty = no limit. */
  rpm: string;
  /** Minutes between two health checks, as typed; empty = none. */
  checkMinutes: string;
  isOn: boolean;
  /** The vendor's preset; empty = none. */
  preset: string;
  authType: ChannelView['auth_type'];
  /** The wire format the service speaks: of the channel or the preset. */
  protocol: ChannelView['protocol'];
  /** The channel's own or the preset's; those that have no field here go through as they are. */
  options: ChannelView['options'];
  /** The keys that stay, in their order. */
  keys: Pick<KeyView, 'id' | 'hint' | 'status'>[];
  /** Further keys, one a line. */
  moreKeys: string;
  keyMode: string;
  /** Further models, one a line: a name, or `name = the service's own name`. */
  moreModels: string;
}

/** The longest time between two health checks: a day. */
const MINUTES_MAX = 1_440;
/** Requirement 001's default. */
const DEFAULT_RPM = '60';

export function toChannelValues(channel: ChannelView | undefined): ChannelValues {
  return {
    name: channel?.name ?? '',
    baseUrl: channel?.base_url ?? '',
    apiKey: '',
    modelId: channel?.model_id ?? '',
    rpm: channel ? String(channel.rpm_limit ?? '') : DEFAULT_RPM,
    checkMinutes: String(channel?.options.health_check_minutes ?? ''),
    isOn: channel?.is_enabled ?? true,
    preset: channel?.preset ?? '',
    authType: channel?.auth_type ?? 'bearer',
    protocol: channel?.protocol ?? 'openai-chat',
    options: channel?.options ?? {},
    keys: channel?.api_keys.map(({ id, hint, status }) => ({ id, hint, status })) ?? [],
    moreKeys: '',
    keyMode: channel?.key_usage_mode ?? 'single',
    moreModels: channel?.models.slice(1).map(lineOf).join('\n') ?? '',
  };
}

const lineOf = ({ name, upstream_model: own }: ChannelView['models'][number]): string =>
  own === name ? name : `${name} = ${own}`;

export function checkChannel(values: ChannelValues): FieldErrors<ChannelValues> {
  return {
    name: values.name.trim() ? undefined : t('channels.needName'),
    baseUrl: /^https?:\/\/[^\s{}]+$/i.test(values.baseUrl.trim()) ? undefined : t('channels.needUrl'),
    modelId: values.modelId.trim() ? undefined : t('channels.needModel'),
    rpm: /^(?:[1-9]\d{0,6})?$/.test(values.rpm.trim()) ? undefined : t('channels.needRpm'),
    checkMinutes: isMinutes(values.checkMinutes.trim()) ? undefined : t('channels.needMinutes', { max: MINUTES_MAX }),
    moreKeys: linesOf(values.moreKeys).every((key) => /^[!-~]+$/.test(key)) ? undefined : t('channels.needKeys'),
  };
}

function isMinutes(text: string): boolean {
  return /^(?:[1-9]\d*)?$/.test(text) && Number(text) <= MINUTES_MAX;
}

export function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
}

/** @param channel as it is stored. */
export function toChannelBody(values: ChannelValues, channel?: ChannelView): ChannelUpdate {
  const { health_check_minutes: _, ...others } = values.options;
  const minutes = values.checkMinutes.trim();
  const rpm = values.rpm.trim();
  return {
    name: values.name.trim(),
    base_url: values.baseUrl.trim(),
    ...keysOf(values, channel),
    ...modelsOf(values, channel),
    rpm_limit: rpm ? Number(rpm) : null,
    options: minutes ? { ...others, health_check_minutes: Number(minutes) } : others,
    is_enabled: values.isOn,
    ...(values.preset && values.preset !== channel?.preset ? { preset: values.preset, auth_type: authOf(values) } : {}),
    ...protocolOf(values, channel),
  };
}

const authOf = ({ authType }: ChannelValues) => authType as NonNullable<ChannelUpdate['auth_type']>;

/** How the key travels at each vendor's own door. */
const OWN_DOORS: Partial<Record<ChannelView['protocol'], ChannelView['auth_type']>> = {
  'anthropic-messages': 'x-api-key',
  gemini: 'x-goog-api-key',
};

/** A key that travels as it does at some door travels as it does at the chosen one. */
function protocolOf(values: ChannelValues, channel?: ChannelView): ChannelUpdate {
  if (values.protocol === (channel?.protocol ?? 'openai-chat')) return {};
  const protocol = values.protocol as NonNullable<ChannelUpdate['protocol']>;
  const isPlain = values.authType === 'bearer' || Object.values(OWN_DOORS).includes(values.authType);
  const authType = (OWN_DOORS[protocol] ?? 'bearer') as NonNullable<ChannelUpdate['auth_type']>;
  return { protocol, ...(isPlain ? { auth_type: authType } : {}) };
}

/** One key alone is sent as requirement 001 names it; an empty one is left out, so that the present one stays. */
function keysOf({ apiKey, keys, moreKeys, keyMode }: ChannelValues, channel?: ChannelView): ChannelUpdate {
  const typed = apiKey.trim();
  const more = linesOf(moreKeys);
  const stored = channel?.api_keys ?? [];
  const isSame = keys.length === stored.length && keys.every(({ status }, index) => status === stored[index]!.status);
  const isPlain = more.length === 0 && isSame && stored.length <= 1;
  if (isPlain) return typed ? { api_key: typed } : {};
  const mode = { key_usage_mode: keyMode as NonNullable<ChannelUpdate['key_usage_mode']> };
  const added = [...(typed ? [typed] : []), ...more].map((key) => ({ key }));
  if (isSame && added.length === 0) return mode;
  const kept = keys.map(({ id, status }) => ({ id, status: status === 'enabled' ? 'enabled' : 'disabled' }) as const);
  return { ...mode, api_keys: [...kept, ...added] };
}

/** Settings of the models that are kept stay with them: they are only named here. */
function modelsOf({ modelId, moreModels }: ChannelValues, channel?: ChannelView): ChannelUpdate {
  const first = modelId.trim();
  const more = linesOf(moreModels);
  if (more.length === 0 && (channel?.models.length ?? 0) <= 1) return { model_id: first };
  const present = channel?.models[0];
  const own = present?.name === first ? present.upstream_model : first;
  const models = more.map((line) => {
    const [, name = line, upstream = line] = /^(.*?\S)\s*=\s*(\S.*)$/.exec(line) ?? [];
    return { name, upstream_model: upstream };
  });
  return { models: [{ name: first, upstream_model: own }, ...models] };
}

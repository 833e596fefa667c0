// Between a channel and its form: what the fields hold, what is wrong with them, what is sent.
import type { ChannelUpdate, ChannelView } from '@/api/admin.ts';
import type { FieldErrors } from '@/composables/use-form.ts';
import { t } from '@/i18n/texts.ts';

export interface ChannelValues {
  name: string;
  baseUrl: string;
  apiKey: string;
  modelId: string;
  /** As typed; empty = no limit. */
  rpm: string;
  /** Minutes between two health checks, as typed; empty = none. */
  checkMinutes: string;
  isOn: boolean;
}

/** The longest time between two health checks: a day. */
const MINUTES_MAX = 1_440;
/** Requirement 001's default. */
const DEFAULT_RPM = '60';

export function toChannelValues(channel: ChannelView | undefined): ChannelValues {
  if (!channel)
    return { name: '', baseUrl: '', apiKey: '', modelId: '', rpm: DEFAULT_RPM, checkMinutes: '', isOn: true };
  return {
    name: channel.name,
    baseUrl: channel.base_url,
    apiKey: '',
    modelId: channel.model_id ?? '',
    rpm: channel.rpm_limit === null ? '' : String(channel.rpm_limit),
    checkMinutes: String(channel.options.health_check_minutes ?? ''),
    isOn: channel.is_enabled,
  };
}

export function checkChannel(values: ChannelValues): FieldErrors<ChannelValues> {
  return {
    name: values.name.trim() ? undefined : t('channels.needName'),
    baseUrl: /^https?:\/\/\S+$/i.test(values.baseUrl.trim()) ? undefined : t('channels.needUrl'),
    modelId: values.modelId.trim() ? undefined : t('channels.needModel'),
    rpm: /^(?:[1-9]\d{0,6})?$/.test(values.rpm.trim()) ? undefined : t('channels.needRpm'),
    checkMinutes: isMinutes(values.checkMinutes.trim()) ? undefined : t('channels.needMinutes', { max: MINUTES_MAX }),
  };
}

function isMinutes(text: string): boolean {
  return /^(?:[1-9]\d*)?$/.test(text) && Number(text) <= MINUTES_MAX;
}

/**
 * An empty key is left out, so that the present one stays. A local service may need none at all.
 * @param options what the channel has already: those that have no field here stay.
 */
export function toChannelBody(values: ChannelValues, options: ChannelView['options'] = {}): ChannelUpdate {
  const { health_check_minutes: _, ...others } = options;
  const minutes = values.checkMinutes.trim();
  const apiKey = values.apiKey.trim();
  const rpm = values.rpm.trim();
  return {
    name: values.name.trim(),
    base_url: values.baseUrl.trim(),
    ...(apiKey ? { api_key: apiKey } : {}),
    model_id: values.modelId.trim(),
    rpm_limit: rpm ? Number(rpm) : null,
    options: minutes ? { ...others, health_check_minutes: Number(minutes) } : others,
    is_enabled: values.isOn,
  };
}

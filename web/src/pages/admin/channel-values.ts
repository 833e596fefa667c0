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
  isOn: boolean;
}

/** Requirement 001's default. */
const DEFAULT_RPM = '60';

export function toChannelValues(channel: ChannelView | undefined): ChannelValues {
  if (!channel) return { name: '', baseUrl: '', apiKey: '', modelId: '', rpm: DEFAULT_RPM, isOn: true };
  return {
    name: channel.name,
    baseUrl: channel.base_url,
    apiKey: '',
    modelId: channel.model_id ?? '',
    rpm: channel.rpm_limit === null ? '' : String(channel.rpm_limit),
    isOn: channel.is_enabled,
  };
}

export function checkChannel(values: ChannelValues): FieldErrors<ChannelValues> {
  return {
    name: values.name.trim() ? undefined : t('channels.needName'),
    baseUrl: /^https?:\/\/\S+$/i.test(values.baseUrl.trim()) ? undefined : t('channels.needUrl'),
    modelId: values.modelId.trim() ? undefined : t('channels.needModel'),
    rpm: /^(?:[1-9]\d{0,6})?$/.test(values.rpm.trim()) ? undefined : t('channels.needRpm'),
  };
}

/** An empty key is left out, so that the present one stays. A local service may need none at all. */
export function toChannelBody(values: ChannelValues): ChannelUpdate {
  const apiKey = values.apiKey.trim();
  const rpm = values.rpm.trim();
  return {
    name: values.name.trim(),
    base_url: values.baseUrl.trim(),
    ...(apiKey ? { api_key: apiKey } : {}),
    model_id: values.modelId.trim(),
    rpm_limit: rpm ? Number(rpm) : null,
    is_enabled: values.isOn,
  };
}

// Between a channel and its form: what the fields hold, what is wrong with them, what is sent.
import type { ChannelUpdate, ChannelView, Preset } from '@/api/admin.ts';
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
  /** The vendor's row that filled the form. */
  preset?: Preset;
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

/** What a vendor's row puts into the form; a key that was typed already stays. */
export function presetValues(preset: Preset, url: string, locale: keyof Preset['label']): Partial<ChannelValues> {
  return { preset, name: preset.label[locale], baseUrl: url, modelId: preset.example_model ?? '' };
}

/** How the key travels and what the vendor does otherwise. A server that needs no key still takes one. */
function presetBody({ id, auth_type, options }: Preset): ChannelUpdate {
  return { preset: id, options, ...(auth_type === 'none' ? {} : { auth_type }) };
}

export function checkChannel(values: ChannelValues): FieldErrors<ChannelValues> {
  return {
    name: values.name.trim() ? undefined : t('channels.needName'),
    baseUrl: wrongUrl(values.baseUrl.trim()),
    modelId: values.modelId.trim() ? undefined : t('channels.needModel'),
    rpm: /^(?:[1-9]\d{0,6})?$/.test(values.rpm.trim()) ? undefined : t('channels.needRpm'),
  };
}

function wrongUrl(url: string): string | undefined {
  if (/[{}]/.test(url)) return t('channels.needPart');
  return /^https?:\/\/\S+$/i.test(url) ? undefined : t('channels.needUrl');
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
    ...(values.preset ? presetBody(values.preset) : {}),
  };
}

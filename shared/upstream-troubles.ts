// What can go wrong between us and an upstream, in words for an administrator. Codes are stored and sent; a page says them
// in its reader's language.
import type { Locale } from './errors.ts';

const trouble = (cn: string, tw: string, en: string): Record<Locale, string> => ({ 'zh-CN': cn, 'zh-TW': tw, en });

// One line per trouble.
// oxfmt-ignore
export const UPSTREAM_TROUBLES = {
  connection_refused: trouble('连不上这个地址：对方拒绝连接或不在线，请检查地址和端口。', '連不上這個位址：對方拒絕連線或不在線，請檢查位址和連接埠。', 'The address cannot be reached: nothing answers there. Please check address and port.'),
  host_not_found: trouble('找不到这个主机名，请检查地址有没有写错。', '找不到這個主機名稱，請檢查位址有沒有寫錯。', 'There is no host of this name. Please check the address.'),
  address_forbidden: trouble('这个地址不允许访问。', '這個位址不允許存取。', 'This address must not be called.'),
  certificate_invalid: trouble('对方的证书无效或不受信任。', '對方的憑證無效或不受信任。', 'The certificate there is not valid or not trusted.'),
  tls_failed: trouble('无法建立加密连接，请检查地址应以 http 还是 https 开头。', '無法建立加密連線，請檢查位址應以 http 還是 https 開頭。', 'No secure connection could be made. Please check whether the address begins with http or https.'),
  connection_closed: trouble('对方没有回答就断开了连接。', '對方沒有回答就中斷了連線。', 'The connection was closed before an answer came.'),
  timed_out: trouble('对方太久没有回答。', '對方太久沒有回答。', 'No answer came in time.'),
  not_http: trouble('对方的回答不是有效的 HTTP，请检查地址和端口。', '對方的回答不是有效的 HTTP，請檢查位址和連接埠。', 'What answers there does not speak HTTP properly. Please check address and port.'),
  answer_compressed: trouble('对方发来了没有要求的压缩内容，未读取。', '對方傳來了沒有要求的壓縮內容，未讀取。', 'The answer is compressed although that was not asked for, so it is not read.'),
  headers_too_large: trouble('回答的标头太大。', '回答的標頭太大。', 'The headers of the answer are too large.'),
  answer_too_large: trouble('回答太大，未读取。', '回答太大，未讀取。', 'The answer is too large to be read.'),
  answer_short: trouble('回答不完整。', '回答不完整。', 'The answer is shorter than it says.'),
  answer_empty: trouble('回答是空的。', '回答是空的。', 'The answer is empty.'),
  answer_not_json: trouble('回答不是 JSON，请检查地址是否完整（例如以 /v1 结尾）。', '回答不是 JSON，請檢查位址是否完整（例如以 /v1 結尾）。', 'The answer is not JSON. Please check that the address is complete, such as ending in /v1.'),
  answer_not_ours: trouble('回答的格式与渠道的协议不符，请检查地址和协议。', '回答的格式與通道的協定不符，請檢查位址和協定。', 'The answer is not in the channel’s format. Please check address and protocol.'),
  answer_not_stream: trouble('回答不是事件流。', '回答不是事件串流。', 'The answer is not an event stream.'),
  stream_unbegun: trouble('回答还没开始就结束了。', '回答還沒開始就結束了。', 'The answer ended before it began.'),
  not_a_list: trouble('回答里没有模型列表。', '回答裡沒有模型清單。', 'The answer holds no list of models.'),
  redirected: trouble('对方转到了另一个地址；为安全起见不会跟随，请直接填写最终地址。', '對方轉到了另一個位址；為安全起見不會跟隨，請直接填寫最終位址。', 'The address points to another one, which is not followed. Please enter the final address.'),
  nothing_to_ask: trouble('渠道里没有可以检测的聊天模型。', '通道裡沒有可以檢測的聊天模型。', 'The channel has no chat model that could be asked.'),
  connection_failed: trouble('连接失败。', '連線失敗。', 'The connection failed.'),
} as const satisfies Record<string, Record<Locale, string>>;

export type UpstreamTrouble = keyof typeof UPSTREAM_TROUBLES;

/** What a status means; of others the number says all there is. */
// oxfmt-ignore
const STATUS_TEXTS = {
  key_refused: trouble('对方拒绝了这个密钥', '對方拒絕了這個金鑰', 'The service refuses this key'),
  throttled: trouble('对方要求放慢请求', '對方要求放慢請求', 'The service asks for fewer requests'),
  service_failed: trouble('对方出错了', '對方出錯了', 'The service failed'),
} as const satisfies Record<string, Record<Locale, string>>;

/** What an upstream says with a status, as it is stored: `HTTP 401: its own words`. */
const WITH_STATUS = /^HTTP (\d{3})(?:: ?(.*))?$/s;

function kindOf(status: number, words: string): keyof typeof STATUS_TEXTS | undefined {
  // Google refuses a key with a 400 and says so; other 400s are stored by their sentence alone.
  if (status === 401 || status === 403 || (status === 400 && words !== '')) return 'key_refused';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'service_failed' : undefined;
}

/** Another's words, marked as such in the reader's way. */
function quoted(words: string, locale: Locale): string {
  return locale === 'zh-TW' ? `「${words}」` : `“${words}”`;
}

/** The status and an upstream's own words as a quotation, such as `HTTP 401 “no such key”`; anything else stays. */
export function statusText(reason: string, locale: Locale): string {
  const [, status, words = ''] = WITH_STATUS.exec(reason) ?? [];
  if (status === undefined) return reason;
  return words.trim() ? `HTTP ${status} ${quoted(words.trim(), locale)}` : `HTTP ${status}`;
}

/**
 * A stored or sent reason in the reader's language: a code of ours, or a status with what it means and an upstream's own
 * words as a quotation. What is neither is an upstream's own sentence and stays.
 */
export function troubleText(reason: string, locale: Locale): string {
  if (Object.hasOwn(UPSTREAM_TROUBLES, reason)) return UPSTREAM_TROUBLES[reason as UpstreamTrouble][locale];
  const [, status, words = ''] = WITH_STATUS.exec(reason) ?? [];
  const kind = status === undefined ? undefined : kindOf(Number(status), words.trim());
  const said = statusText(reason, locale);
  if (kind === undefined) return said;
  return `${STATUS_TEXTS[kind][locale]}${locale === 'en' ? ': ' : '：'}${said}`;
}

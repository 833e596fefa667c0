// The only table of errors: code → HTTP status, client-facing type, whether a client should retry, and texts.
// Nothing else in the project decides a status or words a refusal.

export const LOCALES = ['zh-CN', 'zh-TW', 'en'] as const;
export type Locale = (typeof LOCALES)[number];

/** The `error.type` values of the OpenAI envelope. */
export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'not_found_error'
  | 'rate_limit_error'
  | 'insufficient_quota'
  | 'server_error';

interface ErrorEntry {
  status: number;
  type: ErrorType;
  /** Sent as `x-should-retry`; absent = the SDK decides by status. */
  retry?: boolean;
  /** Whole sentences fit for a 12-year-old; `{name}` is replaced from the error's params. */
  text: Record<Locale, string>;
}

const entry = (
  status: number,
  type: ErrorType,
  zhCN: string,
  zhTW: string,
  en: string,
  retry?: boolean,
): ErrorEntry => ({
  status,
  type,
  text: { 'zh-CN': zhCN, 'zh-TW': zhTW, en },
  ...(retry === undefined ? {} : { retry }),
});

// One line per code, so that it reads as a table.
// oxfmt-ignore
export const ERRORS = {
  // 400 – the caller's request
  invalid_body: entry(400, 'invalid_request_error', '请求内容有误：{detail}', '請求內容有誤：{detail}', 'The request is not valid: {detail}'),
  invalid_json: entry(400, 'invalid_request_error', '请求正文不是有效的 JSON。', '請求本文不是有效的 JSON。', 'The request body is not valid JSON.'),
  invalid_parameter: entry(400, 'invalid_request_error', '参数 {param} 有误：{detail}', '參數 {param} 有誤：{detail}', 'The parameter {param} is not valid: {detail}'),
  unsupported_parameter: entry(400, 'invalid_request_error', '这里不支持参数 {param}：{detail}', '這裡不支援參數 {param}：{detail}', 'The parameter {param} is not supported here: {detail}'),
  unsupported_media: entry(400, 'invalid_request_error', '这张通行证有预算上限，不能发送 {kind} 类型的内容。', '這張通行證有預算上限，不能傳送 {kind} 類型的內容。', 'This pass has a budget, and content of type {kind} has no known price.'),
  content_address_forbidden: entry(400, 'invalid_request_error', '不能使用地址 {address} 上的图片或文件：它在内部网络里。请直接上传。', '不能使用位址 {address} 上的圖片或檔案：它在內部網路裡。請直接上傳。', 'A picture or file at {address} cannot be used: that is inside a network. Please attach it itself.'),
  context_length_exceeded: entry(400, 'invalid_request_error', '这段对话太长了，超过了模型 {model} 的上限 {limit} 个 token，请缩短后再试。', '這段對話太長了，超過了模型 {model} 的上限 {limit} 個 token，請縮短後再試。', 'This conversation is too long for {model}: the limit is {limit} tokens. Please shorten it.'),
  body_timeout: entry(408, 'invalid_request_error', '请求没有发送完整，请检查网络后再试。', '請求沒有傳送完整，請檢查網路後再試。', 'The request did not arrive completely. Please check your network and try again.'),
  body_too_large: entry(413, 'invalid_request_error', '请求太大，上限是 {limit}。', '請求太大，上限是 {limit}。', 'The request is too large; the limit is {limit}.'),
  unsupported_media_type: entry(415, 'invalid_request_error', '请求正文必须是 application/json。', '請求本文必須是 application/json。', 'The request body must be application/json.'),
  unsupported_encoding: entry(415, 'invalid_request_error', '请求正文不能压缩（{encoding}），请直接发送。', '請求本文不能壓縮（{encoding}），請直接傳送。', 'The request body may not be packed ({encoding}). Please send it as it is.'),
  unsupported_charset: entry(415, 'invalid_request_error', '请求正文的编码 {charset} 不受支持：JSON 必须是 UTF-8。', '不支援請求本文的編碼 {charset}：JSON 必須是 UTF-8。', 'The charset {charset} of the request body is not supported: JSON is UTF-8.'),
  upstream_rejected: entry(400, 'invalid_request_error', '模型服务不接受这个请求：{detail}', '模型服務不接受這個請求：{detail}', 'The model service refused this request: {detail}'),
  base_url_invalid: entry(400, 'invalid_request_error', '渠道地址有误：请填写以 http:// 或 https:// 开头的完整网址，不要带用户名、? 或 #。', '通道網址有誤：請填寫以 http:// 或 https:// 開頭的完整網址，不要帶使用者名稱、? 或 #。', 'The base URL is not valid. Please give a whole address that begins with http:// or https://, without a user name, ? or #.'),
  base_url_forbidden: entry(400, 'invalid_request_error', '渠道不能指向 {host}：这个地址属于本机网络或云平台内部，不允许访问。', '通道不能指向 {host}：這個位址屬於本機網路或雲端平台內部，不允許存取。', 'A channel may not point to {host}: that address belongs to an internal network and is not allowed here.'),
  email_invalid: entry(400, 'invalid_request_error', '这不是一个有效的邮箱地址。', '這不是有效的電子郵件地址。', 'This is not an e-mail address.'),
  password_too_short: entry(400, 'invalid_request_error', '密码至少要有 8 个字符。', '密碼至少要有 8 個字元。', 'A password needs at least 8 characters.'),
  price_file_refused: entry(400, 'invalid_request_error', '价格文件没有导入，原来的价格继续有效：{detail}', '價格檔案沒有匯入，原來的價格繼續有效：{detail}', 'The price file was not imported and the prices in force stay: {detail}'),
  configuration_refused: entry(400, 'invalid_request_error', '配置文件没有导入，原来的配置不变：{detail}', '設定檔沒有匯入，原來的設定不變：{detail}', 'The configuration was not imported and nothing was changed: {detail}'),
  // 401 – bad credential
  credential_missing: entry(401, 'authentication_error', '请先登录，或在请求里带上通行证。', '請先登入，或在請求裡帶上通行證。', 'Please sign in, or send a pass with the request.'),
  invalid_api_key: entry(401, 'authentication_error', '这张通行证无效，请检查是否复制完整。', '這張通行證無效，請檢查是否複製完整。', 'This pass is not valid. Please check that it was copied completely.'),
  pass_expired: entry(401, 'authentication_error', '这张通行证已于 {when} 过期，请找老师换一张新的。', '這張通行證已於 {when} 到期，請找老師換一張新的。', 'This pass expired on {when}. Please ask your teacher for a new one.'),
  login_expired: entry(401, 'authentication_error', '登录已过期，请重新登录。', '登入已過期，請重新登入。', 'Your sign-in has ended. Please sign in again.'),
  login_failed: entry(401, 'authentication_error', '账号或密码不正确。', '帳號或密碼不正確。', 'The account or the password is not correct.'),
  oidc_failed: entry(401, 'authentication_error', '用 {name} 登录没有成功，请重新开始。', '用 {name} 登入沒有成功，請重新開始。', 'Signing in with {name} did not work. Please start again.'),
  // 403 – not allowed, or not now
  oidc_email_unverified: entry(403, 'permission_error', '{name} 没有确认你的邮箱地址，请先在那里验证邮箱。', '{name} 沒有確認你的電子郵件地址，請先在那裡驗證。', '{name} has not confirmed your e-mail address. Please verify it there first.', false),
  oidc_domain_not_allowed: entry(403, 'permission_error', '这里只接受特定邮箱域名的账号，{email} 不在其中。', '這裡只接受特定電子郵件網域的帳號，{email} 不在其中。', 'Only accounts of certain e-mail domains may sign in here, and {email} is not one of them.', false),
  oidc_link_first: entry(403, 'permission_error', '这个邮箱属于教师或管理员账号。请先用密码登录，再到“我的账号”里关联 {name}。', '這個電子郵件屬於教師或管理員帳號。請先用密碼登入，再到「我的帳號」連結 {name}。', 'This e-mail belongs to a teacher’s or administrator’s account. Sign in with the password first, then link {name} under “My account”.', false),
  invite_invalid: entry(403, 'permission_error', '这个邀请链接无效、已过期或已经用过，请向邀请你的人要一个新的。', '這個邀請連結無效、已過期或已經用過，請向邀請你的人要一個新的。', 'This invite link is not valid, has expired or was used already. Please ask for a new one.', false),
  invite_required: entry(403, 'permission_error', '这里需要邀请链接才能注册，请向老师或管理员索取。', '這裡需要邀請連結才能註冊，請向老師或管理員索取。', 'You need an invite link to register here. Please ask a teacher or the administrator.', false),
  pass_blocked: entry(403, 'permission_error', '这张通行证已被停用，请找老师。', '這張通行證已被停用，請找老師。', 'This pass has been switched off. Please ask your teacher.', false),
  pass_blocked_by_administration: entry(403, 'permission_error', '“{name}”是由学校管理员封禁的，只有管理员能解除封禁。', '「{name}」是由學校管理員封鎖的，只有管理員能解除封鎖。', '“{name}” was blocked by the school’s administration; only an administrator can let it in again.', false),
  account_disabled: entry(403, 'permission_error', '这个账号已被停用，请联系管理员。', '這個帳號已被停用，請聯絡管理員。', 'This account has been switched off. Please ask the administrator.', false),
  ip_blocked: entry(403, 'permission_error', '这个网络地址已被停用，请联系管理员。', '這個網路位址已被停用，請聯絡管理員。', 'This network address has been blocked. Please ask the administrator.', false),
  activation_code_invalid: entry(403, 'permission_error', '这个激活码无效、已过期或已经用过，请检查有没有输错，或找老师换一个新的。', '這個啟用碼無效、已到期或已經用過，請檢查有沒有輸錯，或找老師換一個新的。', 'This activation code is not valid, has expired or was used already. Please check it, or ask your teacher for a new one.', false),
  reset_link_invalid: entry(403, 'permission_error', '这个设置新密码的链接无效、已过期或已经用过，请向管理员要一个新的。', '這個設定新密碼的連結無效、已過期或已經用過，請向管理員要一個新的。', 'This link for a new password is not valid, has expired or was used already. Please ask the administrator for a new one.', false),
  setup_link_invalid: entry(403, 'permission_error', '这个设置链接无效或已经用过，请使用服务器启动时显示的新链接。', '這個設定連結無效或已經用過，請使用伺服器啟動時顯示的新連結。', 'This set-up link is not valid or was used already. Please use the one the server printed when it last started.', false),
  role_required: entry(403, 'permission_error', '你没有权限做这件事。', '你沒有權限做這件事。', 'You are not allowed to do this.', false),
  guests_off: entry(403, 'permission_error', '这里不开放游客使用，请先登录。', '這裡不開放訪客使用，請先登入。', 'Guests cannot chat here. Please sign in first.', false),
  registration_closed: entry(403, 'permission_error', '这里不开放注册，请联系老师或管理员。', '這裡不開放註冊，請聯絡老師或管理員。', 'Registration is closed here. Please ask a teacher or the administrator.', false),
  class_closed: entry(403, 'permission_error', '现在不是上课时间，{when} 再开放。', '現在不是上課時間，{when} 再開放。', 'The class is closed now. It opens again {when}.', false),
  class_closed_indefinitely: entry(403, 'permission_error', '现在不是上课时间。', '現在不是上課時間。', 'The class is closed now.', false),
  class_paused: entry(403, 'permission_error', '老师暂停了课堂，请稍等。', '老師暫停了課堂，請稍等。', 'Your teacher has paused the class. Please wait.', false),
  classroom_closed: entry(403, 'permission_error', '这个班级已经关闭，只能查看。要重新打开，请联系管理员。', '這個班級已經關閉，只能檢視。要重新開啟，請聯絡管理員。', 'This class is closed and can only be looked at. An administrator can open it again.', false),
  model_not_allowed: entry(403, 'permission_error', '这张通行证不能使用模型 {model}。', '這張通行證不能使用模型 {model}。', 'This pass may not use the model {model}.', false),
  agent_model_not_allowed: entry(403, 'permission_error', '智能体“{agent}”使用的模型 {model} 现在不能使用，请换一个模型。', '智慧代理「{agent}」使用的模型 {model} 現在不能使用，請換一個模型。', 'The agent “{agent}” uses the model {model}, which you may not use any more. Please choose another model for it.', false),
  request_refused: entry(403, 'permission_error', '{detail}', '{detail}', '{detail}', false),
  // 404 / 405 / 409
  model_not_found: entry(404, 'not_found_error', '没有名为 {model} 的模型。', '沒有名為 {model} 的模型。', 'There is no model named {model}.'),
  oidc_off: entry(404, 'not_found_error', '这里没有开启用其他服务登录。', '這裡沒有開啟用其他服務登入。', 'Signing in with another service is not set up here.'),
  agent_not_found: entry(404, 'not_found_error', '找不到智能体 {agent}。', '找不到智慧代理 {agent}。', 'There is no agent {agent}.'),
  not_found: entry(404, 'not_found_error', '找不到你要的内容。', '找不到你要的內容。', 'We could not find that.'),
  method_not_allowed: entry(405, 'invalid_request_error', '这个地址不支持 {method} 方法。', '這個網址不支援 {method} 方法。', 'This address does not accept {method}.'),
  already_exists: entry(409, 'invalid_request_error', '{what} 已经存在。', '{what} 已經存在。', '{what} already exists.'),
  pass_name_taken: entry(409, 'invalid_request_error', '已经有名为“{name}”的通行证，请换一个名称。', '已經有名為「{name}」的通行證，請換一個名稱。', 'There is a pass named “{name}” already. Please choose another name.'),
  class_name_taken: entry(409, 'invalid_request_error', '这个班级里已经有“{name}”，请换一个名称。', '這個班級裡已經有「{name}」，請換一個名稱。', 'The class has “{name}” already. Please choose another name.'),
  class_full: entry(409, 'invalid_request_error', '一个班级最多有 {limit} 张通行证和未兑换的激活码。', '一個班級最多有 {limit} 張通行證和未兌換的啟用碼。', 'A class may have at most {limit} passes and open activation codes.'),
  pass_key_taken: entry(409, 'invalid_request_error', '已经有一张使用这个密钥的通行证，请换一个密钥。', '已經有一張使用這個金鑰的通行證，請換一個金鑰。', 'There is a pass with this key already. Please choose another key.'),
  too_many: entry(409, 'invalid_request_error', '最多只能有 {limit} 个，请先删除一些。', '最多只能有 {limit} 個，請先刪除一些。', 'There may be at most {limit} of these. Please delete some first.'),
  idempotency_key_reused: entry(409, 'invalid_request_error', '这个 Idempotency-Key 已经用于另一个请求。', '這個 Idempotency-Key 已經用於另一個請求。', 'This Idempotency-Key was used for another request.'),
  idempotency_in_progress: entry(409, 'invalid_request_error', '使用同一个 Idempotency-Key 的请求还在处理，请稍等。', '使用同一個 Idempotency-Key 的請求還在處理，請稍等。', 'A request with this Idempotency-Key is still under way. Please wait.', true),
  idempotency_done: entry(409, 'invalid_request_error', '使用这个 Idempotency-Key 的请求已经完成（调用 {call}），回答没有保存，所以不能再给一次。', '使用這個 Idempotency-Key 的請求已經完成（呼叫 {call}），回答沒有保存，所以無法再給一次。', 'The request with this Idempotency-Key is done (call {call}); its answer was not kept, so it cannot be sent again.', false),
  idempotency_mismatch: entry(422, 'invalid_request_error', '这个 Idempotency-Key 已经用于另一个请求，请换一个新的。', '這個 Idempotency-Key 已經用於另一個請求，請換一個新的。', 'This Idempotency-Key was used for a different request. Please use a new one.', false),
  email_taken: entry(409, 'invalid_request_error', '这个邮箱已经注册过了。', '這個電子郵件已經註冊過了。', 'This e-mail address is already registered.'),
  oidc_taken: entry(409, 'invalid_request_error', '这个 {name} 账号已经关联到另一个账号。', '這個 {name} 帳號已經連結到另一個帳號。', 'This {name} account is already linked to another account.'),
  setup_done: entry(409, 'invalid_request_error', '管理员已经设置好了，请直接登录。', '管理員已經設定好了，請直接登入。', 'The administrator has already been set up. Please sign in.'),
  plan_in_use: entry(409, 'invalid_request_error', '还有通行证或班级在用这个套餐，请先改用别的套餐。', '還有通行證或班級在用這個方案，請先改用別的方案。', 'Passes or classes are still on this plan. Please give them another one first.'),
  last_admin: entry(409, 'invalid_request_error', '至少要保留一位管理员。', '至少要保留一位管理員。', 'At least one administrator has to stay.'),
  // 429 – limits and empty budgets
  rate_limit_exceeded: entry(429, 'rate_limit_error', '您超过当前使用限制，请 {seconds} 秒后再试（每分钟 {limit} 次，限制来自：{scope}）。', '您超過目前的使用限制，請 {seconds} 秒後再試（每分鐘 {limit} 次，限制來自：{scope}）。', 'You have reached the limit of {limit} requests a minute ({scope}). Please try again in {seconds} seconds.'),
  token_limit_exceeded: entry(429, 'rate_limit_error', '每分钟 {limit} 个 token 的限制（{scope}）已用完，请 {seconds} 秒后再试。', '每分鐘 {limit} 個 token 的限制（{scope}）已用完，請 {seconds} 秒後再試。', 'You have reached the limit of {limit} tokens a minute ({scope}). Please try again in {seconds} seconds.'),
  concurrency_exceeded: entry(429, 'rate_limit_error', '同时进行的提问太多了（{scope} 上限 {limit} 个），请等前面的回答完成。', '同時進行的提問太多了（{scope} 上限 {limit} 個），請等前面的回答完成。', 'Too many questions at once ({scope}: {limit} allowed). Please wait for an answer to finish.'),
  insufficient_quota: entry(429, 'insufficient_quota', '{scope}的额度已经用完（上限 {limit}，已用 {used}），{when}。', '{scope}的額度已經用完（上限 {limit}，已用 {used}），{when}。', 'The budget of {scope} is used up ({used} of {limit}). {when}.', false),
  login_throttled: entry(429, 'rate_limit_error', '尝试太多次了，请 {seconds} 秒后再试。', '嘗試太多次了，請 {seconds} 秒後再試。', 'Too many attempts. Please try again in {seconds} seconds.'),
  // 402-like, but a configuration matter
  model_unpriced: entry(403, 'permission_error', '模型 {model} 还没有价格，有预算上限的通行证不能使用它。', '模型 {model} 還沒有價格，有預算上限的通行證不能使用它。', 'The model {model} has no price yet, so a pass with a budget cannot use it.', false),
  // 5xx
  upstream_error: entry(502, 'server_error', '上游渠道暂时不可用，请稍后再试', '上游通道暫時無法使用，請稍後再試', 'The model service is not available right now. Please try again shortly'),
  upstream_busy: entry(429, 'server_error', '模型服务现在太忙，请稍后再试。', '模型服務現在太忙，請稍後再試。', 'The model service is too busy right now. Please try again shortly.'),
  oidc_unavailable: entry(502, 'server_error', '暂时联系不上 {name}，请稍后再试。', '暫時聯絡不上 {name}，請稍後再試。', '{name} cannot be reached right now. Please try again shortly.'),
  upstream_timeout: entry(504, 'server_error', '模型服务太久没有回应，请稍后再试。', '模型服務太久沒有回應，請稍後再試。', 'The model service took too long to answer. Please try again shortly.'),
  upstream_list_failed: entry(502, 'server_error', '无法取得模型列表：{detail}', '無法取得模型清單：{detail}', 'The list of models could not be fetched: {detail}'),
  stream_cut: entry(502, 'server_error', '回答在中途断开了，以上内容不完整。', '回答在中途斷開了，以上內容不完整。', 'The answer was cut off; what you see is not complete.'),
  channel_unavailable: entry(503, 'server_error', '模型 {model} 现在没有可用的渠道，请稍后再试。', '模型 {model} 現在沒有可用的通道，請稍後再試。', 'No channel can serve the model {model} right now. Please try again shortly.'),
  ledger_unavailable: entry(503, 'server_error', '记账服务暂时不可用，为避免漏记，请稍后再试。', '記帳服務暫時無法使用，為避免漏記，請稍後再試。', 'The ledger is not available, so no call can be accepted. Please try again shortly.', true),
  database_unavailable: entry(503, 'server_error', '数据库暂时不可用，请稍后再试。', '資料庫暫時無法使用，請稍後再試。', 'The database is not available right now. Please try again shortly.', true),
  limits_unsettled: entry(503, 'server_error', '服务正在核对使用次数，请稍后再试。', '服務正在核對使用次數，請稍後再試。', 'The servers are agreeing on what was used. Please try again shortly.', true),
  server_stopping: entry(503, 'server_error', '服务正在重启，请稍后再试。', '服務正在重新啟動，請稍後再試。', 'The server is restarting. Please try again shortly.', true),
  server_busy: entry(503, 'server_error', '现在使用的人太多，请稍后再试。', '現在使用的人太多，請稍後再試。', 'The server is busy right now. Please try again shortly.', true),
  internal_error: entry(500, 'server_error', '服务器出错了，编号 {requestId}。', '伺服器出錯了，編號 {requestId}。', 'Something went wrong on our side. The reference is {requestId}.'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** Replaces `{name}` in a text of the table; an absent parameter is left out. */
export function errorMessage(code: ErrorCode, locale: Locale, params: Record<string, string | number> = {}): string {
  return ERRORS[code].text[locale].replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''));
}

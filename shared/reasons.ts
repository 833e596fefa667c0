// The second halves of refusals – “the parameter x is not valid: …” – in the languages of `errors.ts`. The code says them
// in English, which is their name here; `{n}` stands for what is quoted. What is not in the table, such as an upstream's
// own words or a school's hook, is said as it is.
import type { Locale } from './errors.ts';

type Reason = readonly [zhCN: string, zhTW: string];

// One line each, so that it reads as a table.
// oxfmt-ignore
const REASONS: Record<string, Reason> = {
  // What a value has to be.
  'must be a whole number': ['必须是整数', '必須是整數'],
  'must be printable': ['不能含有不可见字符', '不能含有不可見字元'],
  'must be printable, without spaces at either end': ['不能含有不可见字符，首尾不能有空格', '不能含有不可見字元，首尾不能有空格'],
  'may not hold control characters': ['不能含有控制字符', '不能含有控制字元'],
  'may not hold a NUL character': ['不能含有 NUL 字符', '不能含有 NUL 字元'],
  'may not hold NUL': ['不能含有 NUL 字符', '不能含有 NUL 字元'],
  'holds NUL': ['含有 NUL 字符', '含有 NUL 字元'],
  'may hold only visible ASCII characters': ['只能含有可见的 ASCII 字符', '只能含有可見的 ASCII 字元'],
  'may hold only visible ASCII characters and no comma': ['只能含有可见的 ASCII 字符，不能有逗号', '只能含有可見的 ASCII 字元，不能有逗號'],
  '{0} to {1} visible ASCII characters are expected': ['应为 {0} 到 {1} 个可见的 ASCII 字符', '應為 {0} 到 {1} 個可見的 ASCII 字元'],
  'at most six decimals': ['最多六位小数', '最多六位小數'],
  'is required': ['必须填写', '必須填寫'],
  'names nothing to change': ['没有写明要更改什么', '沒有寫明要更改什麼'],
  'choose another value': ['请换一个值', '請換一個值'],
  'an unknown value': ['不认识这个值', '不認識這個值'],
  'is not a time': ['不是时间', '不是時間'],
  'is not a time such as 08:00': ['不是 08:00 这样的时间', '不是 08:00 這樣的時間'],
  'is not a time zone such as Asia/Taipei': ['不是 Asia/Taipei 这样的时区', '不是 Asia/Taipei 這樣的時區'],
  '{0} is not a day': ['{0} 不是日期', '{0} 不是日期'],
  '{0} is before {1}': ['{0} 早于 {1}', '{0} 早於 {1}'],
  'lies in the future': ['在未来', '在未來'],
  'the end has to lie ahead': ['结束时间必须晚于现在', '結束時間必須晚於現在'],
  'a duration such as 1d, 1w or 1mo is expected': ['应为 1d、1w 或 1mo 这样的时长', '應為 1d、1w 或 1mo 這樣的時長'],
  'is not a duration such as 30s, 30m, 30h, 30d, 1w, 1mo': ['不是 30s、30m、30h、30d、1w、1mo 这样的时长', '不是 30s、30m、30h、30d、1w、1mo 這樣的時長'],
  'at most 90d': ['最长 90d', '最長 90d'],
  'a report covers {0} days at most': ['一份报表最多 {0} 天', '一份報表最多 {0} 天'],
  'the smallest amount is 0.000000001 dollars': ['最小金额是 0.000000001 美元', '最小金額是 0.000000001 美元'],
  'an address such as 192.0.2.7 or a network such as 192.168.1.0/24 is expected': ['应为 192.0.2.7 这样的地址或 192.168.1.0/24 这样的网段', '應為 192.0.2.7 這樣的位址或 192.168.1.0/24 這樣的網段'],
  'the list holds at most {0} entries': ['列表最多 {0} 项', '清單最多 {0} 項'],
  'may hold at most {0} entries': ['最多 {0} 项', '最多 {0} 項'],
  'is longer than {0} characters': ['超过 {0} 个字符', '超過 {0} 個字元'],
  'is nested deeper than {0} levels': ['嵌套超过 {0} 层', '巢狀超過 {0} 層'],
  'more than {0} levels of nesting': ['嵌套超过 {0} 层', '巢狀超過 {0} 層'],
  '“{0}” stands in it twice': ['“{0}”出现了两次', '「{0}」出現了兩次'],
  'is not a hash': ['不是散列值', '不是雜湊值'],
  'not a cursor': ['不是本列表的游标', '不是本清單的游標'],
  'is not ours': ['不是本列表的游标', '不是本清單的游標'],
  'is not a next_cursor of this list': ['不是本列表给出的 next_cursor', '不是本清單給出的 next_cursor'],
  // Whom or what it names.
  'there is no such user': ['没有这个用户', '沒有這個使用者'],
  'there is no such group': ['没有这个班级', '沒有這個班級'],
  'there is no such class': ['没有这个班级', '沒有這個班級'],
  'there is no such plan': ['没有这个套餐', '沒有這個方案'],
  'no plan has the id {0}': ['没有编号为 {0} 的套餐', '沒有編號為 {0} 的方案'],
  'nothing has the id {0}': ['没有编号为 {0} 的内容', '沒有編號為 {0} 的內容'],
  '{0} is no teacher who may sign in': ['{0} 不是可以登录的教师', '{0} 不是可以登入的教師'],
  'there is no other model named {0}': ['没有另一个名为 {0} 的模型', '沒有另一個名為 {0} 的模型'],
  'names each route of the model once': ['要把这个模型的每条路由各写一次', '要把這個模型的每條路由各寫一次'],
  'a class or a plan is needed': ['需要班级或套餐', '需要班級或方案'],
  'the plan gives at most {0}': ['套餐最多给 {0} 天', '方案最多給 {0} 天'],
  'this plan is built in': ['这是内置套餐', '這是內建方案'],
  'a built-in plan keeps its name': ['内置套餐不能改名', '內建方案不能改名'],
  'of this plan is a system setting: guest_rpm or user_rpm': ['这个套餐的此项由系统设置 guest_rpm 或 user_rpm 决定', '這個方案的此項由系統設定 guest_rpm 或 user_rpm 決定'],
  'what guests say is never kept': ['游客说的话从不保存', '訪客說的話從不儲存'],
  // Channels and their keys.
  'is not the name of a preset': ['不是预设的名称', '不是預設組的名稱'],
  'is not the name of a field': ['不是字段名', '不是欄位名稱'],
  'may not name {0}': ['不能包含 {0}', '不能包含 {0}'],
  'may rename max_completion_tokens to max_tokens or back, and none of {0} otherwise': ['只能在 max_completion_tokens 与 max_tokens 之间改名；{0} 不能改名', '只能在 max_completion_tokens 與 max_tokens 之間改名；{0} 不能改名'],
  'send either api_key or api_keys': ['api_key 和 api_keys 只能填一个', 'api_key 和 api_keys 只能填一個'],
  'send either channel_id or base_url': ['channel_id 和 base_url 只能填一个', 'channel_id 和 base_url 只能填一個'],
  'give either keys or key_aliases': ['keys 和 key_aliases 只能填一个', 'keys 和 key_aliases 只能填一個'],
  'a stored channel has its own key': ['已保存的渠道有自己的密钥', '已儲存的通道有自己的金鑰'],
  'must be the name of the first of models': ['必须与 models 中第一个的名称相同', '必須與 models 中第一個的名稱相同'],
  'lists the same model twice': ['同一个模型出现了两次', '同一個模型出現了兩次'],
  'lists the same key twice': ['同一个密钥出现了两次', '同一個金鑰出現了兩次'],
  'an id is not one of the channel’s keys': ['有一个编号不属于这个渠道的密钥', '有一個編號不屬於這個通道的金鑰'],
  'an entry needs key or id': ['每一项都要有 key 或 id', '每一項都要有 key 或 id'],
  'a masked key cannot be stored': ['不能保存打了码的密钥', '不能儲存遮蔽過的金鑰'],
  'a masked key needs the id of the key it stands for': ['打了码的密钥要写明它的编号', '遮蔽過的金鑰要寫明它的編號'],
  'needs output_price beside it, and the other way round': ['要与 output_price 一起填写，反之亦然', '要與 output_price 一起填寫，反之亦然'],
  'is not prompt_tokens + completion_tokens': ['不等于 prompt_tokens + completion_tokens', '不等於 prompt_tokens + completion_tokens'],
  'keys and addresses of model services are kept by the administrator': ['模型服务的密钥和地址由管理员保管', '模型服務的金鑰和位址由管理員保管'],
  // The configuration file.
  'the file comes from a newer version': ['文件来自更新的版本', '檔案來自較新的版本'],
  'the passphrase does not open it': ['口令打不开它', '通行碼打不開它'],
  'it does not fit what is here ({0})': ['与现有数据冲突（{0}）', '與現有資料衝突（{0}）'],
  'does not hold what it should': ['内容不符合要求', '內容不符合要求'],
  'cannot be read': ['无法读取', '無法讀取'],
  'is not known here': ['这里没有这一列', '這裡沒有這一欄'],
  'is empty': ['是空的', '是空的'],
  'has another type': ['类型不对', '類型不對'],
  'is not so here': ['在这里不能这样', '在這裡不能這樣'],
  'is missing': ['缺少', '缺少'],
  // The price file.
  'more than {0} models': ['超过 {0} 个模型', '超過 {0} 個模型'],
  'is not a model with its prices': ['不是带价格的模型', '不是帶價格的模型'],
  'tiered_pricing cannot be read': ['tiered_pricing 无法读取', 'tiered_pricing 無法讀取'],
  'it holds no model with a price for a token': ['文件里没有按 token 计价的模型', '檔案裡沒有按 token 計價的模型'],
  '{0} is not a number': ['{0} 不是数字', '{0} 不是數字'],
  '{0} is negative': ['{0} 是负数', '{0} 是負數'],
  '{0} is absurdly large': ['{0} 大得离谱', '{0} 大得離譜'],
  '{0} of {1} known models are gone': ['原有 {1} 个模型中缺了 {0} 个', '原有 {1} 個模型中缺了 {0} 個'],
  'the price is {0} times off the one in force': ['价格与现行价格相差 {0} 倍', '價格與現行價格相差 {0} 倍'],
  // The shape of a call.
  'a JSON object is expected': ['应为 JSON 对象', '應為 JSON 物件'],
  'an object is expected': ['应为对象', '應為物件'],
  'a list is expected': ['应为列表', '應為清單'],
  'a list with at least one message is expected': ['应为至少有一条消息的列表', '應為至少有一則訊息的清單'],
  'a number is expected': ['应为数字', '應為數字'],
  'a whole number is expected': ['应为整数', '應為整數'],
  'a whole number from {0} to {1} is expected': ['应为 {0} 到 {1} 的整数', '應為 {0} 到 {1} 的整數'],
  'true or false is expected': ['应为 true 或 false', '應為 true 或 false'],
  'user or assistant is expected': ['应为 user 或 assistant', '應為 user 或 assistant'],
  'a role is expected': ['应写明角色', '應寫明角色'],
  'a text is expected': ['应为文本', '應為文字'],
  'one text is expected': ['应为一段文本', '應為一段文字'],
  'a text of 1 to {0} characters is expected': ['应为 1 到 {0} 个字符的文本', '應為 1 到 {0} 個字元的文字'],
  'a name of 1 to {0} characters is expected': ['应为 1 到 {0} 个字符的名称', '應為 1 到 {0} 個字元的名稱'],
  'a list of 1 to {0} documents is expected': ['应为 1 到 {0} 篇文档的列表', '應為 1 到 {0} 篇文件的清單'],
  'text or a list of parts is expected': ['应为文本或内容块的列表', '應為文字或內容區塊的清單'],
  'text or a list of blocks is expected': ['应为文本或内容块的列表', '應為文字或內容區塊的清單'],
  'a text or a list of texts is expected': ['应为文本或文本的列表', '應為文字或文字的清單'],
  'a text, a list of texts, or lists of token ids are expected': ['应为文本、文本的列表或 token 编号的列表', '應為文字、文字的清單或 token 編號的清單'],
  'a text that is not empty, or a list of token ids, is expected': ['应为非空的文本或 token 编号的列表', '應為非空的文字或 token 編號的清單'],
  'a text, or a list with at least one item, is expected': ['应为文本或至少有一项的列表', '應為文字或至少有一項的清單'],
  'an address or data is expected': ['应为地址或数据', '應為位址或資料'],
  'a file is expected': ['应为文件', '應為檔案'],
  'audio is expected': ['应为 audio', '應為 audio'],
  'multipart/form-data is expected': ['应为 multipart/form-data', '應為 multipart/form-data'],
  'enabled with a budget, adaptive or disabled is expected': ['应为带预算的 enabled、adaptive 或 disabled', '應為帶預算的 enabled、adaptive 或 disabled'],
  'the form cannot be read': ['表单无法读取', '表單無法讀取'],
  'at most {0} entries are accepted': ['最多 {0} 项', '最多 {0} 項'],
  'at most {0} messages are accepted': ['最多 {0} 条消息', '最多 {0} 則訊息'],
  'at most {0} tools are accepted': ['最多 {0} 个工具', '最多 {0} 個工具'],
  'at most {0} items are accepted': ['最多 {0} 项', '最多 {0} 項'],
  'at most {0} inputs are accepted': ['最多 {0} 项输入', '最多 {0} 項輸入'],
  'embeddings are not streamed': ['向量不能流式返回', '向量不能串流傳回'],
  'this is not streamed here': ['这里不能流式返回', '這裡不能串流傳回'],
  // What a budget does not allow.
  'its cost has no upper bound, and this pass has a budget': ['它的费用没有上限，而这张通行证有预算', '它的費用沒有上限，而這張通行證有預算'],
  'only tools of type function can be used with a budget': ['有预算时只能使用 function 类型的工具', '有預算時只能使用 function 類型的工具'],
  'only tools that the caller runs can be used with a budget': ['有预算时只能使用由调用方执行的工具', '有預算時只能使用由呼叫方執行的工具'],
  'only clearing has a known cost, and this pass has a budget': ['只有清除的费用是已知的，而这张通行证有预算', '只有清除的費用是已知的，而這張通行證有預算'],
  'a cache of one hour has no known price, and this pass has a budget': ['一小时的缓存没有已知价格，而这张通行证有预算', '一小時的快取沒有已知價格，而這張通行證有預算'],
  'this pass has a budget': ['这张通行证有预算', '這張通行證有預算'],
  // What another format does not know.
  'no channel of it speaks this format': ['这个模型没有使用这种格式的渠道', '這個模型沒有使用這種格式的通道'],
  'its channel cannot answer {0} requests': ['它的渠道不能回答 {0} 请求', '它的通道不能回答 {0} 請求'],
  'the model behind this name knows no free-form tools': ['这个名称背后的模型不支持自由格式的工具', '這個名稱背後的模型不支援自由格式的工具'],
  'no tool is offered that the model behind this name could call': ['没有提供这个名称背后的模型能调用的工具', '沒有提供這個名稱背後的模型能呼叫的工具'],
  'this model does not think': ['这个模型不会思考', '這個模型不會思考'],
  'with at most {0} tokens of output this model cannot think': ['输出最多 {0} 个 token 时这个模型不能思考', '輸出最多 {0} 個 token 時這個模型不能思考'],
  '{0} gives one answer only': ['{0}只给一个回答', '{0}只給一個回答'],
  '{0} give one answer only': ['{0}只给一个回答', '{0}只給一個回答'],
  '{0} answers with text only': ['{0}只用文本回答', '{0}只用文字回答'],
  '{0} cannot express it': ['{0}无法表达它', '{0}無法表達它'],
  '{0} cannot carry content of type {1}': ['{0}不能传送 {1} 类型的内容', '{0}不能傳送 {1} 類型的內容'],
  '{0} cannot carry {1} here': ['{0}在这里不能传送 {1}', '{0}在這裡不能傳送 {1}'],
  'a {0} message of {1} cannot carry {2}': ['{1}中 {0} 的消息不能传送 {2}', '{1}中 {0} 的訊息不能傳送 {2}'],
  '{0} cannot leave out a part of the input': ['{0}不能省略一部分输入', '{0}不能省略一部分輸入'],
  '{0} cannot continue an answer that was begun by the caller': ['{0}不能续写由调用方开头的回答', '{0}不能續寫由呼叫方開頭的回答'],
  '{0} does not go on with an answer that was begun by the caller': ['{0}不能续写由调用方开头的回答', '{0}不能續寫由呼叫方開頭的回答'],
  '{0} does not know tools of type {1}': ['{0}不支持 {1} 类型的工具', '{0}不支援 {1} 類型的工具'],
  '{0} knows only tools of type function or custom': ['{0}只支持 function 或 custom 类型的工具', '{0}只支援 function 或 custom 類型的工具'],
  '{0} knows only calls of type function': ['{0}只支持 function 类型的调用', '{0}只支援 function 類型的呼叫'],
  '{0} knows auto, none, required or one tool': ['{0}只支持 auto、none、required 或某一个工具', '{0}只支援 auto、none、required 或某一個工具'],
  '{0} knows images by address or as base64 only': ['{0}只接受以地址或 base64 给出的图片', '{0}只接受以位址或 base64 給出的圖片'],
  '{0} knows at most {1} stop sequences': ['{0}最多支持 {1} 个停止序列', '{0}最多支援 {1} 個停止序列'],
  '{0} know no stop sequences': ['{0}不支持停止序列', '{0}不支援停止序列'],
  '{0} has no items of type {1}': ['{0}没有 {1} 类型的项', '{0}沒有 {1} 類型的項目'],
  '{0} has no {1}': ['{0}没有 {1}', '{0}沒有 {1}'],
  '{0} know none above 1': ['{0}不接受大于 1 的值', '{0}不接受大於 1 的值'],
  '{0} need a schema for JSON': ['{0}要求 JSON 带有 schema', '{0}要求 JSON 帶有 schema'],
  '{0} knows none': ['{0}不支持它', '{0}不支援它'],
  'the role {0} is not known here': ['不认识角色 {0}', '不認識角色 {0}'],
  'a system message holds text only': ['系统消息只能是文本', '系統訊息只能是文字'],
  'a system message of {0} holds text only': ['{0}的系统消息只能是文本', '{0}的系統訊息只能是文字'],
  'an assistant sends no images here': ['这里的助手消息不能带图片', '這裡的助理訊息不能帶圖片'],
  'an assistant of {0} sends no images': ['{0}的助手消息不能带图片', '{0}的助理訊息不能帶圖片'],
  'a tool’s result in {0} holds text only': ['{0}的工具结果只能是文本', '{0}的工具結果只能是文字'],
  'a tool’s result holds text only before Gemini 3': ['Gemini 3 之前的工具结果只能是文本', 'Gemini 3 之前的工具結果只能是文字'],
  'a tool’s result holds pictures as data only on Gemini': ['Gemini 的工具结果中图片只能以数据给出', 'Gemini 的工具結果中圖片只能以資料給出'],
  'a model of Gemini sends no tool’s result': ['Gemini 的模型消息不能带工具结果', 'Gemini 的模型訊息不能帶工具結果'],
  'Gemini wants the name of the tool, and no call with the id {0} is here': ['Gemini 需要工具的名称，但这里没有编号为 {0} 的调用', 'Gemini 需要工具的名稱，但這裡沒有編號為 {0} 的呼叫'],
  'Gemini wants a message beside the system’s': ['除系统消息外，Gemini 还需要一条消息', '除系統訊息外，Gemini 還需要一則訊息'],
  'Gemini takes a picture by address only where it ends in {0}': ['Gemini 只接受以 {0} 结尾的图片地址', 'Gemini 只接受以 {0} 結尾的圖片位址'],
  'Gemini knows one detail for all pictures of a request': ['Gemini 对一个请求中的所有图片只能用同一个 detail', 'Gemini 對一個請求中的所有圖片只能用同一個 detail'],
  'Gemini cannot force a tool and a format at once': ['Gemini 不能同时强制工具和格式', 'Gemini 不能同時強制工具和格式'],
  'Gemini before 3 takes tools or a format, not both': ['Gemini 3 之前工具和格式只能用一个', 'Gemini 3 之前工具和格式只能用一個'],
  'only a cache of five minutes is known': ['只支持五分钟的缓存', '只支援五分鐘的快取'],
  'responses are not stored here': ['这里不保存回答', '這裡不儲存回答'],
  'an answer is not fetched later here': ['这里不能以后再取回答', '這裡不能以後再取回答'],
  'conversations of the upstream are not told apart by pass': ['上游的对话不按通行证区分', '上游的對話不按通行證區分'],
  'no such response was given to this pass: send the whole input': ['这张通行证没有得到过这个回答，请发送全部输入', '這張通行證沒有得到過這個回答，請傳送全部輸入'],
  'items are not kept here: send the item itself': ['这里不保存各项内容，请发送内容本身', '這裡不儲存各項內容，請傳送內容本身'],
  'nothing is kept of earlier responses for this model: send the whole input': ['这个模型不保存先前的回答，请发送全部输入', '這個模型不儲存先前的回答，請傳送全部輸入'],
};

/** What stands at `{0}` in those sentences. */
const SUBJECTS: Record<string, Reason> = {
  'the model behind this name speaks another format, which': [
    '这个名称背后的模型使用另一种格式，它',
    '這個名稱背後的模型使用另一種格式，它',
  ],
  'text completions are answered by chat models here, which': [
    '这里的文本补全由对话模型回答，它',
    '這裡的文字補全由對話模型回答，它',
  ],
  'chat completions': ['chat completions ', 'chat completions '],
  'Anthropic’s Messages': ['Anthropic 的 Messages ', 'Anthropic 的 Messages '],
  'OpenAI’s Responses': ['OpenAI 的 Responses ', 'OpenAI 的 Responses '],
  Gemini: ['Gemini ', 'Gemini '],
  'Gemini 2.5': ['Gemini 2.5 ', 'Gemini 2.5 '],
};

/** Longest text that is compared with the sentences; the rest of it is somebody's own. */
const REASON_MAX = 4_000;

const PATTERNS = Object.entries(REASONS)
  .filter(([english]) => english.includes('{'))
  .map(([english, reason]) => ({
    pattern: new RegExp(`^${english.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\d\}/g, '(.+?)')}$`, 's'),
    // The numbers as they come in English.
    slots: [...english.matchAll(/\{(\d)\}/g)].map(([, slot]) => slot!),
    reason,
  }));

/** The reason in this language; several joined by `; ` and such that name a place before `: ` each by itself. */
export function reasonIn(locale: Locale, english: string): string {
  if (locale === 'en' || english.length > REASON_MAX) return english;
  const which = locale === 'zh-CN' ? 0 : 1;
  return english
    .split('; ')
    .map((part) => placed(part, which) ?? part)
    .join('；');
}

function placed(english: string, which: 0 | 1): string | undefined {
  const whole = said(english, which);
  if (whole !== undefined) return whole;
  const colon = english.indexOf(': ');
  if (colon < 0) return undefined;
  const rest = placed(english.slice(colon + 2), which);
  return rest === undefined ? undefined : `${english.slice(0, colon)}：${rest}`;
}

function said(english: string, which: 0 | 1): string | undefined {
  if (Object.hasOwn(REASONS, english)) return REASONS[english]![which];
  for (const { pattern, slots, reason } of PATTERNS) {
    const found = pattern.exec(english);
    if (!found) continue;
    const quoted = new Map(slots.map((slot, i) => [slot, found[i + 1]!]));
    return reason[which].replace(/\{(\d)\}/g, (_, slot: string) => subject(quoted.get(slot)!, which));
  }
  return undefined;
}

function subject(english: string, which: 0 | 1): string {
  return Object.hasOwn(SUBJECTS, english) ? SUBJECTS[english]![which] : english;
}

// Vendors of mainland China, with the doors some of them keep for other countries.
import { ABROAD, MAINLAND, presets } from './row.ts';

export const MAINLAND_CHINA = presets('mainland', [
  {
    id: 'deepseek',
    label: ['深度求索 DeepSeek', '深度求索 DeepSeek', 'DeepSeek'],
    urls: ['https://api.deepseek.com/v1'],
    model: 'deepseek-flash',
    key: 'https://platform.deepseek.com/api_keys',
    docs: 'https://api-docs.deepseek.com/',
    source: 'https://api-docs.deepseek.com/zh-cn/quick_start/pricing/',
    readOn: '2026-11-29',
  },
  {
    // Hybrid models think only with `enable_thinking: true`, which a client may send.
    id: 'qwen',
    label: ['通义千问（百炼）', '通義千問（百煉）', 'Qwen (Alibaba Model Studio)'],
    urls: [
      ['https://dashscope.aliyuncs.com/compatible-mode/v1', MAINLAND],
      ['https://dashscope-intl.aliyuncs.com/compatible-mode/v1', ABROAD],
    ],
    model: 'qwen-plus',
    key: 'https://bailian.console.aliyun.com/?tab=model#/api-key',
    docs: 'https://www.alibabacloud.com/help/en/model-studio/deep-thinking',
  },
  {
    id: 'moonshotai',
    label: ['月之暗面 Kimi', '月之暗面 Kimi', 'Kimi (Moonshot AI)'],
    urls: [
      ['https://api.moonshot.cn/v1', MAINLAND],
      ['https://api.moonshot.ai/v1', ABROAD],
    ],
    model: 'kimi-k2.5',
    key: 'https://platform.moonshot.cn/console/api-keys',
    docs: 'https://platform.moonshot.ai/docs',
    source: 'https://www.lavapayments.com/docs/reference/providers/moonshot',
  },
  {
    id: 'zhipuai',
    label: ['智谱 GLM', '智譜 GLM', 'GLM (Zhipu, Z.ai)'],
    urls: [
      ['https://open.bigmodel.cn/api/paas/v4', MAINLAND],
      ['https://api.z.ai/api/paas/v4', ABROAD],
    ],
    model: 'glm-4-flash-250414',
    key: 'https://bigmodel.cn/usercenter/proj-mgmt/apikeys',
    docs: 'https://docs.z.ai',
    source: 'https://github.com/0xPlaygrounds/rig/issues/1900',
  },
  {
    id: 'doubao',
    label: ['豆包（火山方舟）', '豆包（火山方舟）', 'Doubao (Volcengine Ark)'],
    urls: ['https://ark.cn-beijing.volces.com/api/v3'],
    model: 'doubao-seed-1-6-251015',
    key: 'https://console.volcengine.com/ark/region:ark+cn-beijing/apiKey',
    docs: 'https://www.volcengine.com/docs/82379',
    source: 'https://xkloveme.jixiaokang.com/api-182365031',
  },
  {
    // Without `reasoning_split` the reasoning stands between <think> tags in the content; the splitter catches that
    // for models that do not know the field. `max_tokens` is deprecated.
    id: 'minimax',
    label: ['稀宇 MiniMax', '稀宇 MiniMax', 'MiniMax'],
    urls: [
      ['https://api.minimaxi.com/v1', MAINLAND],
      ['https://api.minimax.io/v1', ABROAD],
    ],
    options: {
      max_tokens_field: 'max_completion_tokens',
      extra_body: { reasoning_split: true },
      think_tags: true,
    },
    model: 'MiniMax-M2',
    key: 'https://platform.minimaxi.com/user-center/basic-information/interface-key',
    docs: 'https://platform.minimax.io/docs',
    source: 'https://java.agentscope.io/v2/en/integration/model/minimax',
  },
  {
    // The platform at api.hunyuan.cloud.tencent.com closed on 2026-09-30; TokenHub took its place, with keys of its own.
    id: 'hunyuan',
    label: ['腾讯混元（TokenHub）', '騰訊混元（TokenHub）', 'Tencent Hunyuan (TokenHub)'],
    urls: [
      ['https://tokenhub.tencentmaas.com/v1', MAINLAND],
      ['https://tokenhub-intl.tencentcloudmaas.com/v1', ABROAD],
    ],
    model: 'hy3-preview',
    key: 'https://console.cloud.tencent.com/tokenhub',
    docs: 'https://cloud.tencent.com/document/product/1823/131382',
    source: 'https://cloud.tencent.com/document/product/1729/131925',
    readOn: '2026-11-29',
    note: [
      '原混元平台已于 2026-09-30 停服，旧密钥不能用于 TokenHub，请新建 API Key。',
      '原混元平台已於 2026-09-30 停止服務，舊金鑰不能用於 TokenHub，請建立新的 API Key。',
      'The old Hunyuan platform closed on 2026-09-30. Its keys do not work at TokenHub: please make a new one.',
    ],
  },
  {
    id: 'ernie',
    label: ['文心（百度千帆）', '文心（百度千帆）', 'ERNIE (Baidu Qianfan)'],
    urls: ['https://qianfan.baidubce.com/v2'],
    model: 'ernie-4.5-turbo-128k',
    key: 'https://console.bce.baidu.com/iam/#/iam/apikey/list',
    docs: 'https://cloud.baidu.com/doc/WENXINWORKSHOP/s/2m3fihw8s',
  },
  {
    // Its `max_tokens` does not bound the chain of thought.
    id: 'siliconflow',
    label: ['硅基流动', '矽基流動', 'SiliconFlow'],
    urls: [
      ['https://api.siliconflow.cn/v1', MAINLAND],
      ['https://api.siliconflow.com/v1', ABROAD],
    ],
    model: 'deepseek-ai/DeepSeek-V4-Flash',
    key: 'https://cloud.siliconflow.cn/account/ak',
    docs: 'https://docs.siliconflow.cn/docs/api/chat-completions-post',
  },
]);

// The demo model: answers in process while no channel exists, so that a first chat works without a key or a
// network. It is labelled as what it is; it thinks, streams and calls a tool like a real one.
import type { Locale } from '@hallpass/shared/errors.ts';

import type { SendUpstream, UpstreamRequest } from './protocol.ts';

/** Characters a piece carries and the pause after each, about as quick as a brisk model. */
const PIECE_CHARS = 4;
const PAUSE_MS = 18;

/** @param pauseMs 0 makes it answer at once (tests). */
export function demo(pauseMs = PAUSE_MS): SendUpstream {
  return async (request) => {
    request.signal.throwIfAborted();
    return request.body.stream ? streamed(request, pauseMs) : whole(request);
  };
}

interface Plan {
  thought: string;
  text: string;
  tool: { name: string; arguments: string } | undefined;
}

function whole(request: UpstreamRequest): Response {
  const plan = planAnswer(request);
  const message = plan.tool
    ? { role: 'assistant', content: null, reasoning_content: plan.thought, tool_calls: [toolCall(plan.tool)] }
    : { role: 'assistant', content: plan.text, reasoning_content: plan.thought };
  const finish_reason = plan.tool ? 'tool_calls' : 'stop';
  return Response.json({
    ...head(request),
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason }],
    usage: usageOf(request, plan),
  });
}

function streamed(request: UpstreamRequest, pauseMs: number): Response {
  const encoder = new TextEncoder();
  async function* events(): AsyncGenerator<Uint8Array> {
    for (const data of chunks(request, planAnswer(request))) {
      request.signal.throwIfAborted();
      yield encoder.encode(`data: ${data}\n\n`);
      if (pauseMs > 0) await Bun.sleep(pauseMs);
    }
  }
  return new Response(events() as unknown as BodyInit, { headers: { 'content-type': 'text/event-stream' } });
}

function* chunks(request: UpstreamRequest, plan: Plan): Generator<string> {
  const base = { ...head(request), object: 'chat.completion.chunk' };
  const chunk = (delta: object, finish_reason: string | null = null): string =>
    JSON.stringify({ ...base, choices: [{ index: 0, delta, finish_reason }] });
  yield chunk({ role: 'assistant', content: '' });
  for (const piece of pieces(plan.thought)) yield chunk({ reasoning_content: piece });
  if (plan.tool) yield chunk({ tool_calls: [{ index: 0, ...toolCall(plan.tool) }] });
  else for (const piece of pieces(plan.text)) yield chunk({ content: piece });
  yield chunk({}, plan.tool ? 'tool_calls' : 'stop');
  yield JSON.stringify({ ...base, choices: [], usage: usageOf(request, plan) });
  yield '[DONE]';
}

function planAnswer({ body, locale }: UpstreamRequest): Plan {
  const messages = body.messages as { role?: string; content?: unknown }[];
  const last = messages.at(-1);
  const question = textOf(messages.findLast(({ role }) => role === 'user')?.content).slice(0, 400);
  const words = WORDS[locale];
  const tool = last?.role === 'tool' ? undefined : firstTool(body.tools);
  const text = last?.role === 'tool' ? words.afterTool(textOf(last.content).slice(0, 400)) : words.answer(question);
  const limit = Number(body.max_tokens ?? body.max_completion_tokens ?? Infinity);
  return { thought: words.thought(question), text: text.slice(0, limit), tool };
}

function firstTool(tools: unknown): Plan['tool'] {
  const [first] = (Array.isArray(tools) ? tools : []) as {
    function?: { name?: string; parameters?: { properties?: Record<string, { type?: string; enum?: unknown[] }> } };
  }[];
  if (!first?.function?.name) return undefined;
  const properties = Object.entries(first.function.parameters?.properties ?? {});
  const values = properties.map(([name, schema]) => [
    name,
    schema.enum?.[0] ?? EXAMPLES[schema.type ?? 'string'] ?? null,
  ]);
  return { name: first.function.name, arguments: JSON.stringify(Object.fromEntries(values)) };
}

const EXAMPLES: Record<string, unknown> = {
  string: 'demo',
  number: 1,
  integer: 1,
  boolean: true,
  array: [],
  object: {},
};

function toolCall(tool: NonNullable<Plan['tool']>): object {
  return { id: 'call_demo_1', type: 'function', function: tool };
}

function head({ route, requestId }: UpstreamRequest): { id: string; created: number; model: string } {
  return { id: `chatcmpl-${requestId}`, created: Math.floor(Date.now() / 1000), model: route.upstreamModel };
}

/** The demo model counts a token for every four characters it reads or writes. */
function usageOf({ body }: UpstreamRequest, plan: Plan): object {
  const tokens = (text: string): number => Math.ceil(text.length / 4);
  const prompt_tokens = tokens(JSON.stringify(body.messages));
  const reasoning_tokens = tokens(plan.thought);
  const completion_tokens = reasoning_tokens + tokens(plan.tool ? plan.tool.arguments : plan.text);
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    completion_tokens_details: { reasoning_tokens },
  };
}

function* pieces(text: string): Generator<string> {
  const characters = [...text];
  for (let i = 0; i < characters.length; i += PIECE_CHARS) yield characters.slice(i, i + PIECE_CHARS).join('');
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: { text?: unknown }) => (typeof part?.text === 'string' ? part.text : '')).join(' ');
}

interface Words {
  thought(question: string): string;
  answer(question: string): string;
  afterTool(result: string): string;
}

const WORDS: Record<Locale, Words> = {
  'zh-CN': {
    thought: (q) =>
      `有人问：“${q}”。我是演示模型，没有真正的知识，所以我应该老实说明自己是谁，再说清楚怎样接上真正的模型。`,
    answer: (q) =>
      `你好！我是 **演示模型**，还没有接上真正的 AI，所以不能真的回答“${q}”。\n\n不过整条路已经通了：这段回答是一个字一个字传来的，也已经记进了账本。\n\n要换成真正的模型，请管理员：\n\n1. 打开 \`/admin\`，登录；\n2. 在“渠道”里填上 Base URL、API Key 和模型名；\n3. 回到这里，选中新的模型。`,
    afterTool: (r) => `工具的结果是：${r}\n\n（我是演示模型，只会照着念。）`,
  },
  'zh-TW': {
    thought: (q) =>
      `有人問：「${q}」。我是示範模型，沒有真正的知識，所以應該老實說明自己是誰，再說清楚怎麼接上真正的模型。`,
    answer: (q) =>
      `你好！我是 **示範模型**，還沒有接上真正的 AI，所以沒辦法真的回答「${q}」。\n\n不過整條路已經通了：這段回答是一個字一個字傳來的，也已經記進帳本。\n\n要換成真正的模型，請管理員：\n\n1. 打開 \`/admin\`，登入；\n2. 在「通道」填上 Base URL、API Key 和模型名稱；\n3. 回到這裡，選擇新的模型。`,
    afterTool: (r) => `工具的結果是：${r}\n\n（我是示範模型，只會照著唸。）`,
  },
  en: {
    thought: (q) =>
      `Somebody asks: "${q}". I am the demo model and know nothing, so I should say who I am and how to connect a real one.`,
    answer: (q) =>
      `Hello! I am the **demo model**. No real AI is connected yet, so I cannot really answer "${q}".\n\nThe whole way works, though: these words were streamed to you piece by piece, and the call is in the ledger.\n\nTo use a real model, an administrator can:\n\n1. open \`/admin\` and sign in;\n2. add a channel with its base URL, API key and model name;\n3. come back here and choose the new model.`,
    afterTool: (r) => `The tool answered: ${r}\n\n(I am the demo model; I only read it out.)`,
  },
};

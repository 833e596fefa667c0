// docs/protocols.md: what works between which formats, as the suite of the wire formats finds it.
import {
  ANSWER_FEATURES,
  answerVerdict,
  type Pair,
  PAIRS,
  REQUEST_FEATURES,
  requestVerdict,
  type Verdict,
} from '../../server/gateway/protocols/protocol.suite.ts';

const NAMES: Record<string, string> = {
  'openai-chat': 'Chat',
  'openai-responses': 'Responses',
  'anthropic-messages': 'Messages',
  gemini: 'Gemini',
};

const HEAD = `# Clients and upstreams

Which client's wire format reaches which upstream's, and what becomes of each feature on the way. **Chat** is OpenAI's
chat completions, **Responses** is OpenAI's newer format, **Messages** is Anthropic's, **Gemini** is Google's own. The left name is what the client speaks, the right one what the channel
speaks. This page is written by the suite that tests it (\`npm run check -- --fix\`).

- ✓ arrives whole, in whole and in streamed answers alike.
- ✗ is refused with status 400 before anything is sent or charged; the error names the field.
- ~ arrives, but not whole; a note says how.
- – one of the two has no words for it.

Where both speak the same, bodies and events pass through with their bytes unchanged but for the model's name, usage and
reasoning's second name; fields nobody here knows travel too.
`;

const TAIL = `
## Good to know

- **Reasoning and its signature.** Messages upstreams want the signed reasoning that led to a tool call back with the
  tool's result. Chat clients find it in \`reasoning_details\` and may send it back there. For clients that drop it the
  gateway remembers it, per pass and call, in memory (64 MB at most, the longest unused goes first) and puts it back byte for
  byte; that reasoning is counted as a part of the prompt. It is not shared between several servers, nor kept over a restart.
- **Gemini's signatures.** Gemini 3 and later sign the first call of each step and refuse it without. Chat clients find the signature in
  \`reasoning_details\` (\`google-gemini-v1\`, with the call's id), clients of Responses in \`encrypted_content\`, and clients of Messages
  that ask for thinking in a \`redacted_thinking\` block; each may send it back there. For all others it is remembered as above. Where it
  is lost, or another model made the call, Google's own word for that goes in its place.
- Google's own door for chat completions carries the same in \`extra_content.google.thought_signature\` of a call, or of the message for
  its text. Clients of chat completions find a Gemini upstream's signature there too and may send it back there or in
  \`reasoning_details\`. To an upstream of chat completions whose model's name has *gemini* in it, it goes back in
  \`extra_content\`, also from clients of the other formats and for those that drop it; to all others it stays behind.
- **Gemini's thinking.** Since Gemini 3 the effort becomes a level: none and minimal the lowest the model has (it cannot be switched off),
  low, medium, high, and xhigh and max high; a budget in tokens stays one. Gemini 2.5 gets a budget: 1,024 (minimal, low), 8,192 (medium),
  24,576 (high and above), at most the share of the output cap below, within what the model accepts.
- **Gemini's ends.** A blocked prompt and an answer stopped by a filter end as \`content_filter\`. Where the model failed
  (\`MALFORMED_FUNCTION_CALL\`, \`OTHER\` and the like) the call fails: whole ones are tried again, a stream ends with an error, and what
  Gemini charged is charged. A picture by address needs one that ends in png, jpg, jpeg, webp, heic or heif: Gemini wants its type.
- **Output cap.** Messages demand one. A chat client that names none gets the budget's cap, else 8,192 tokens (4,096 on
  Claude 3).
- **Effort.** Claude 4.6 and later think adaptively with the effort as asked; earlier ones get a budget of that share of the
  output cap: minimal 10 %, low 20 %, medium 50 %, high 80 %, xhigh 90 %, max 95 %, at least 1,024 tokens. Chat upstreams that
  know no \`reasoning_effort\` refuse it: drop it in the channel's body rules.
- **Usage** is the upstream's own in either direction, cache reads and writes included; a stream that breaks off is charged
  the prompt as the upstream told it and what was relayed.
- **Hints that stay behind** because the answer does not depend on them: a picture's detail \`auto\` or \`high\`, Messages'
  \`service_tier\`, \`thinking.display\`, clearing of old thinking, and of a tool \`defer_loading\` and
  \`eager_input_streaming\`; of Responses \`metadata\`, \`client_metadata\`, \`reasoning.summary\` and \`reasoning.context\`, and what a
  namespace says of itself; \`stream_options\`; the name of a schema for an answer, its \`strict\` where all schemas are kept to, and that
  of a tool on Gemini where a call is forced; the tool's \`name\` beside its result in chat completions. Of \`user\` and
  \`safety_identifier\` only the latter goes on where both are sent.
- **What a client repeats of an answer** (an assistant's message, a call, reasoning) goes on as text, calls and signed reasoning; ids,
  states, phases, citations and other notes beside them stay behind. In all other places a field that is not known is refused
  with its path, such as \`tools.0.input_examples\`.
- **Thinking without a signature** in a client's Messages does not reach a Claude, which would refuse it: it is put back as it was
  signed where the gateway remembers the call it led to, and stays behind otherwise. Other vendors of Messages get it as it came.
- **Answers that failed.** Where a chat upstream ends with \`error\`, \`abort\` or \`insufficient_system_resource\`, clients of
  other formats get an error, and what was used is charged. A call without any arguments gets \`{}\`.
- **Counting tokens** (\`/v1/messages/count_tokens\`): an upstream of Messages counts itself; for any other, and where that fails,
  the answer is the tokenizer's estimate, marked by the header \`x-hallpass-estimated: true\`. It costs nothing, is not in the
  call log and takes one request of the rate limits.
- **Responses** are not stored here: where the upstream speaks another format, \`store: true\`, \`previous_response_id\` and
  whatever else points to earlier ones is refused. Where it speaks Responses, \`store\` and \`include\` travel, and
  \`previous_response_id\` goes on from what this pass was given itself, for 30 days, on the same route and key; what it
  carries is counted as prompt. \`conversation\`, \`background\` and items by reference are refused by name. Signed
  reasoning of another format comes in \`encrypted_content\` where the client asks for it, and goes back from there byte for byte. Tools of a
  namespace are called under joined names. A web search that an agent offers, and only OpenAI runs, is left out and named in the
  header \`x-hallpass-left-out\`.
- **Upstreams of Responses** get \`store: false\` in translated requests, and models that think are asked for
  \`encrypted_content\`. Chat clients find it in \`reasoning_details\`, Messages clients sealed in the signature of a thinking
  block; it goes back byte for byte, and is remembered for clients that drop it. A summary of the reasoning is not asked for,
  as OpenAI gives it only to verified organisations: set \`reasoning.summary\` in the request where the client speaks Responses.
- **Web search and other tools OpenAI runs** travel to an upstream of Responses for passes without a budget; their own fee is
  not in the usage and is not charged. With a budget a web search is left out and named in the header, the others are refused.
- **Text completions** (\`/v1/completions\`) are answered by chat models: one prompt, one answer.
- **Embeddings** (\`/v1/embeddings\`) go through as they are, to channels of chat completions.
- **Pictures, speech, transcripts and ranking** (\`/v1/images/generations\`, \`/v1/images/edits\`, \`/v1/audio/speech\`,
  \`/v1/audio/transcriptions\`, \`/v1/rerank\`) go through as they are to channels of chat completions or Responses, files and
  sound included, and are charged by the unit at the administrator's own price: pictures at \`image\` each, characters of
  speech at \`prompt\` per million, seconds of a transcript at \`audio\` per million, a search for each hundred documents at
  \`request\`; \`request\` is added once to each of the others. Characters and seconds stand in the log where tokens stand. A
  published price per token is none here: without one's own, a pass with a budget is refused. They are not streamed. A
  transcript whose length the upstream does not tell is charged by the file's size (8,000 bytes a second), marked as estimated.
- **Errors** have the shape of the client's format, before a stream and in it.
`;

/** The page. */
export function protocolsPage(): string {
  const notes: string[] = [];
  const section = <F extends { name: string }>(
    title: string,
    features: readonly F[],
    judge: (f: F, pair: Pair) => Verdict,
  ) =>
    [
      `\n## ${title}\n`,
      `| | ${PAIRS.map(({ client, upstream }) => `${NAMES[client.name]} → ${NAMES[upstream]}`).join(' | ')} |`,
      `|---|${PAIRS.map(() => '---').join('|')}|`,
      ...features.map((feature) => {
        const cells = PAIRS.map((pair) => cellOf(judge(feature, pair), notes));
        return `| ${feature.name} | ${cells.join(' | ')} |`;
      }),
    ].join('\n');
  const requests = section('Requests', REQUEST_FEATURES, requestVerdict);
  const answers = section('Answers', ANSWER_FEATURES, answerVerdict);
  const numbered = notes.map((note, index) => `${index + 1}. ${note}`).join('\n');
  return `${HEAD}${requests}\n${answers}\n\n## Notes\n\n${numbered}\n${TAIL}`;
}

function cellOf(verdict: Verdict, notes: string[]): string {
  if (verdict.kind === 'works') return '✓';
  if (verdict.kind === 'none') return '–';
  if (verdict.kind === 'refused') return `✗ \`${verdict.param}\``;
  if (!notes.includes(verdict.detail)) notes.push(verdict.detail);
  return `~ (${notes.indexOf(verdict.detail) + 1})`;
}

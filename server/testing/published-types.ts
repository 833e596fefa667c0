// Checks JSON against the types OpenAI and Anthropic publish in their SDKs and generate from their API descriptions: every
// required field there, every value of a kind that is allowed. Fields beside them may travel.
import { join } from 'node:path';

import ts from 'typescript';

export interface Sample {
  /** As `TYPES` below names it. */
  type: keyof typeof TYPES;
  value: unknown;
  /** Where it came from, for whoever reads a failure. */
  from: string;
}

const CHAT = `import('openai/resources/chat/completions').`;

const RESPONSES = `import('openai/resources/responses/responses').`;

/** Whole and streamed have one type, which leaves out the nulls that its own words and every chunk of the service have. */
const TEXT = `import('openai/resources/completions').`;

const MESSAGES = `import('@anthropic-ai/sdk/resources/messages/messages').`;

const ANTHROPIC = `import('@anthropic-ai/sdk/resources/shared').`;

const TYPES = {
  ChatCompletion: `${CHAT}ChatCompletion`,
  ChatCompletionChunk: `${CHAT}ChatCompletionChunk`,
  Response: `${RESPONSES}Response`,
  ResponseStreamEvent: `${RESPONSES}ResponseStreamEvent`,
  Completion: `${TEXT}Completion`,
  CompletionChunk:
    `Omit<${TEXT}Completion, 'choices' | 'usage'> & { choices: (Omit<${TEXT}CompletionChoice, 'finish_reason'> &
    { finish_reason: ${TEXT}CompletionChoice['finish_reason'] | null })[]; usage?: ${TEXT}CompletionUsage | null }`.replace(
      /\s+/g,
      ' ',
    ),
  CreateEmbeddingResponse: `import('openai/resources/embeddings').CreateEmbeddingResponse`,
  ModelList: `{ object: 'list'; data: import('openai/resources/models').Model[] }`,
  Message: `${MESSAGES}Message`,
  /** The events that the SDK hands on; it looks for errors itself and drops the pings. */
  MessageStreamEvent: `${MESSAGES}RawMessageStreamEvent | { type: 'ping' } | ${ANTHROPIC}ErrorResponse`,
  MessagesModelList: `{ data: import('@anthropic-ai/sdk/resources/models').ModelInfo[]; has_more: boolean; first_id: string | null; last_id: string | null }`,
  MessageTokensCount: `${MESSAGES}MessageTokensCount`,
  /** Too large a request is in the documentation of errors, not in the SDK's types. */
  ErrorResponse: `${ANTHROPIC}ErrorResponse | { type: 'error'; request_id: string | null; error: { type: 'request_too_large'; message: string } }`,
  ErrorObject: `{ error: import('openai/resources/shared').ErrorObject }`,
} as const;

/** Fields beside the published ones may travel, at any depth; `output_text` is the SDK's own, put in by it. */
const OPEN = `type Open<T> = T extends string | number | boolean | null | undefined ? T
  : T extends readonly (infer I)[] ? Open<I>[]
  : { [K in keyof T as K extends 'output_text' ? never : K]: Open<T[K]> } & { [name: string]: unknown };\n`.replaceAll(
  '\n  ',
  ' ',
);

/** What is wrong, one line a sample; empty where every sample has its type. */
export function problemsOf(samples: readonly Sample[]): string[] {
  const checks = Object.entries(TYPES).map(
    ([name, type]) => `declare function is${name}(value: Open<${type}>): void;\n`,
  );
  const head = OPEN + checks.join('');
  const lines = samples.map(({ type, value }) => `is${type}(${JSON.stringify(value)});`);
  const path = join(import.meta.dirname, 'published-samples.ts');
  const text = `${head}${lines.join('\n')}\n`;
  const first = head.split('\n').length - 1;
  const found = diagnose(path, text).map(({ line, message }) => {
    const sample = samples[line - first];
    return sample ? `${sample.from}: ${message}\n  ${JSON.stringify(sample.value)}` : message;
  });
  return [...new Set(found)];
}

function diagnose(path: string, text: string): { line: number; message: string }[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
    lib: ['lib.es2023.d.ts'],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, target) =>
    name === path ? ts.createSourceFile(name, text, target) : getSourceFile(name, target);
  host.fileExists = (name) => name === path || fileExists(name);
  host.readFile = (name) => (name === path ? text : readFile(name));
  const program = ts.createProgram([path], options, host);
  const source = program.getSourceFile(path)!;
  const all = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return all.map(({ start = 0, messageText }) => ({
    line: source.getLineAndCharacterOfPosition(start).line,
    message: ts.flattenDiagnosticMessageText(messageText, '\n  '),
  }));
}

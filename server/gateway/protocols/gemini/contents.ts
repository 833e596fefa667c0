// A conversation in the neutral form as Gemini's `contents`: who calls whom by which id, and every signature back on
// the part it came with. https://ai.google.dev/gemini-api/docs/thought-signatures
import {
  type CallPart,
  type ImagePart,
  parseArguments,
  type Part,
  type ReasoningPart,
  type ResultPart,
  type Turn,
  unsupported,
} from '../neutral.ts';
import type { UpstreamDraft } from '../protocol.ts';
import { withRemembered } from '../remember-reasoning.ts';
import { imagePart, inlineData } from './images.ts';
import { isSinceThree } from './models.ts';

type Fields = Record<string, unknown>;

/** What Google documents for a call whose signature is lost, or that another model made; without any it answers 400. */
const NO_SIGNATURE = 'skip_thought_signature_validator';

/** @throws AppError unsupported_parameter naming what Gemini cannot express. */
export function contentsOf(turns: readonly Turn[], { upstreamModel, memory, owner }: UpstreamDraft): Fields[] {
  const merged = withRemembered(mergedTurns(turns), memory, owner).map(withOwnReasoning);
  const names = new Map(
    merged.flatMap(({ parts }) => parts).flatMap((part) => (isCall(part) ? [[part.id, part.name]] : [])),
  );
  return merged.flatMap(({ role, parts }) => {
    const written =
      role === 'assistant'
        ? modelParts(parts, upstreamModel)
        : userParts(parts, (result) => responsePart(result, names, upstreamModel));
    return written.length === 0 ? [] : [{ role: role === 'assistant' ? 'model' : 'user', parts: written }];
  });
}

const isCall = (part: Part): part is CallPart => part.type === 'call';

/** Turns of one role in a row are one step: parallel calls stand together, and so do their results. */
function mergedTurns(turns: readonly Turn[]): Turn[] {
  const merged: Turn[] = [];
  for (const turn of turns) {
    const last = merged.at(-1);
    if (last?.role === turn.role) last.parts.push(...turn.parts);
    else merged.push({ ...turn, parts: [...turn.parts] });
  }
  return merged;
}

/** What another format signed, or nobody, means nothing here. */
function withOwnReasoning({ role, parts }: Turn): Turn {
  return {
    role,
    parts: parts.filter((part) => part.type !== 'reasoning' || (part.from === 'gemini' && part.signature)),
  };
}

/** Results first, as an answer to the calls before them. */
function userParts(parts: readonly Part[], toResponse: (result: ResultPart) => Fields): Fields[] {
  const results = parts.filter((part) => part.type === 'result').map(toResponse);
  const rest = parts.flatMap((part): Fields[] => {
    if (part.type === 'text') return part.text === '' ? [] : [{ text: part.text }];
    return part.type === 'image' ? [imagePart(part)] : [];
  });
  return [...results, ...rest];
}

/** A signature without words goes onto the call it names, else onto the text before it. */
function modelParts(parts: readonly Part[], model: string): Fields[] {
  const seals = parts.filter((part): part is ReasoningPart => part.type === 'reasoning' && part.redacted === true);
  const ofCalls = new Map(seals.flatMap(({ id, signature }) => (id === undefined ? [] : [[id, signature]])));
  const written = parts.flatMap((part) => modelPart(part, ofCalls));
  const ofText = seals.findLast(({ id }) => id === undefined)?.signature;
  const lastText = written.findLast((part) => typeof part.text === 'string' && part.thought === undefined);
  if (ofText && lastText) lastText.thoughtSignature = ofText;
  const firstCall = written.find((part) => part.functionCall !== undefined);
  if (firstCall && isSinceThree(model)) firstCall.thoughtSignature ??= NO_SIGNATURE;
  return written;
}

function modelPart(part: Part, signatures: ReadonlyMap<string, string | undefined>): Fields[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ text: part.text }];
    case 'reasoning':
      return part.redacted ? [] : [{ text: part.text, thought: true, thoughtSignature: part.signature }];
    case 'call': {
      const signature = signatures.get(part.id);
      const functionCall = { id: part.id, name: part.name, args: parseArguments(part.arguments) };
      return [{ functionCall, ...(signature ? { thoughtSignature: signature } : {}) }];
    }
    case 'image':
      return [imagePart(part)];
    case 'result':
      throw unsupported('messages', 'a model of Gemini sends no tool’s result');
  }
}

/** `output` and `error` are the words Gemini knows; pictures beside them since Gemini 3, as data only. */
function responsePart(
  { callId, parts, isError }: ResultPart,
  names: ReadonlyMap<string, string>,
  model: string,
): Fields {
  const name = names.get(callId);
  if (name === undefined)
    throw unsupported(
      'messages',
      `Gemini wants the name of the tool, and no call with the id ${callId.slice(0, 100)} is here`,
    );
  const text = parts
    .map((part) => (part.type === 'text' ? part.text : ''))
    .filter(Boolean)
    .join('\n');
  const images = parts.filter((part) => part.type === 'image');
  const response = { [isError ? 'error' : 'output']: text };
  return {
    functionResponse: {
      id: callId,
      name,
      response,
      ...(images.length === 0 ? {} : { parts: images.map((image) => resultImage(image, model)) }),
    },
  };
}

function resultImage(image: ImagePart, model: string): Fields {
  if (!isSinceThree(model)) throw unsupported('messages', 'a tool’s result holds text only before Gemini 3');
  if (image.data === undefined) throw unsupported('messages', 'a tool’s result holds pictures as data only on Gemini');
  return inlineData(image);
}

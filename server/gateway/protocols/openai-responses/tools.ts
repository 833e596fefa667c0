// The tools of a Responses request as functions: those of a namespace under joined names, and back.
import { type Tool, unsupported } from '../neutral.ts';

type Fields = Record<string, unknown>;

const JOINT = '__';
/** Offered by agents as a matter of course, run by OpenAI alone: left out where another format answers, and said so. */
const LEFT_OUT = /^web_search/;

export const isLeftOut = (tool: unknown): boolean => LEFT_OUT.test(String((tool as Fields | null)?.type));

/** @throws AppError unsupported_parameter for what the caller does not run itself. */
export function readTools(tools: readonly unknown[], target: string): Tool[] {
  return tools.flatMap((tool, index) =>
    isLeftOut(tool) ? [] : readTool(tool as Fields | null, `tools.${index}`, target),
  );
}

function readTool(tool: Fields | null, at: string, target: string, namespace?: string): Tool[] {
  const { type, name, description, parameters, strict, format } = tool ?? {};
  if (type === 'namespace' && namespace === undefined && typeof name === 'string' && Array.isArray(tool!.tools))
    return (tool!.tools as (Fields | null)[]).flatMap((one, index) =>
      readTool(one, `${at}.tools.${index}`, target, name),
    );
  if ((type !== 'function' && type !== 'custom') || typeof name !== 'string')
    throw unsupported(at, `${target} knows only tools of type function or custom`);
  const known = {
    name: joinedName(name, namespace),
    ...(typeof description === 'string' ? { description } : {}),
  };
  if (type === 'custom') return [{ ...known, custom: format ? { format } : {} }];
  return [
    {
      ...known,
      ...(parameters ? { parameters } : {}),
      ...(typeof strict === 'boolean' ? { strict } : {}),
    },
  ];
}

export function joinedName(name: string, namespace: unknown): string {
  return typeof namespace === 'string' ? `${namespace}${JOINT}${name}` : name;
}

/** The name as the caller knows it. @param tools as they were offered. */
export function splitName(joined: string, tools: readonly unknown[]): { name: string; namespace?: string } {
  for (const tool of tools as (Fields | null)[]) {
    if (tool?.type !== 'namespace' || !joined.startsWith(`${String(tool.name)}${JOINT}`)) continue;
    const namespace = String(tool.name);
    return { name: joined.slice(namespace.length + JOINT.length), namespace };
  }
  return { name: joined };
}

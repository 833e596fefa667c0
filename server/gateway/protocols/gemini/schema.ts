// A schema for an answer as Gemini reads it: all it knows of JSON Schema, but for `const`.
// https://ai.google.dev/api/generate-content#FIELDS.response_json_schema

const MAX_DEPTH = 64;
/** Where the values are names and not schemas. */
const MAPS = new Set(['properties', '$defs', 'definitions']);
/** Where the value is data and not a schema. */
const DATA = new Set(['enum', 'default', 'examples', 'required', 'propertyOrdering']);

/** The same schema with `enum: [x]` in place of each `const: x`. */
export function withoutConst(schema: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH || typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map((item) => withoutConst(item, depth + 1));
  const entries = Object.entries(schema).map(([name, value]): [string, unknown] => {
    if (name === 'const') return ['enum', [value]];
    if (DATA.has(name)) return [name, value];
    return [name, MAPS.has(name) ? eachOf(value, depth) : withoutConst(value, depth + 1)];
  });
  return Object.fromEntries(entries);
}

function eachOf(map: unknown, depth: number): unknown {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return map;
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, withoutConst(value, depth + 1)]));
}

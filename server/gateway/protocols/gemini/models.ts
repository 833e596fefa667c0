// What a Gemini model can do, by its name. Names are open-ended: what is not known to be older counts as the newest.

/** Thinks by a budget in tokens: https://ai.google.dev/gemini-api/docs/thinking#set-budget */
export function thinksByBudget(model: string): boolean {
  return /gemini-2\.5(?![\d])/i.test(model);
}

/** The generations before, none of which thinks. */
export function neverThinks(model: string): boolean {
  return /gemini-(1(?![\d])|2\.0|2-)|gemini-pro(-vision)?$/i.test(model);
}

/**
 * Since Gemini 3 a call of a tool must come back with its signature, a tool's result may hold pictures, and tools and
 * an answer's format go together: https://ai.google.dev/gemini-api/docs/gemini-3
 */
export function isSinceThree(model: string): boolean {
  return /gemini/i.test(model) && !thinksByBudget(model) && !neverThinks(model);
}

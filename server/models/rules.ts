// Which models a caller sees, and under which names. Pure.
import type { Principal } from '../plans/levels.ts';
import { isModelAllowed } from '../plans/rules.ts';
import type { CatalogModel, CatalogSnapshot } from './catalog.ts';

export interface VisibleModel {
  /** What the caller asks for: the model's public name, or the pass's own name for it. */
  name: string;
  model: CatalogModel;
}

/** By name; the pass's own names come after the models themselves. */
export function visibleModels(snapshot: CatalogSnapshot, { levels, modelAliases }: Principal): VisibleModel[] {
  const found = new Map<string, CatalogModel>();
  for (const model of snapshot.list()) if (isModelAllowed(levels, model.publicName)) found.set(model.publicName, model);
  for (const [name, target] of Object.entries(modelAliases)) {
    const model = snapshot.find(target);
    if (model && isModelAllowed(levels, model.publicName)) found.set(name, model);
  }
  return [...found].map(([name, model]) => ({ name, model }));
}

/** A model by any name the caller may use; undefined also where it exists but is not theirs to know of. */
export function visibleModel(snapshot: CatalogSnapshot, principal: Principal, name: string): VisibleModel | undefined {
  const { levels, modelAliases } = principal;
  const model = snapshot.find(Object.hasOwn(modelAliases, name) ? modelAliases[name]! : name);
  return model && isModelAllowed(levels, model.publicName) ? { name, model } : undefined;
}

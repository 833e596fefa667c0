// A conversation as a tree: an edited question or another answer stands beside the first one, and one way through is
// shown. Knows nothing of the server.
import { computed, type ComputedRef, reactive } from 'vue';

import type { Turn } from './turn.ts';

interface Node {
  turn: Turn;
  children: Node[];
  /** Which of the children the way goes through. */
  shown: number;
}

/** Where a turn stands among those beside it; the first is 1. */
export interface Branch {
  position: number;
  count: number;
}

export interface Thread {
  /** The way that is shown, from the first question on. */
  turns: ComputedRef<Turn[]>;
  /** At the end of the way. */
  append(turn: Turn): void;
  /** Beside another, and shown in its stead; what followed that one is kept with it. */
  addBeside(turn: Turn, other: Turn): void;
  /** Takes it out, and all that follows it. */
  remove(turn: Turn): void;
  /** `by` is 1 for the next, -1 for the one before. */
  show(turn: Turn, by: 1 | -1): void;
  branchOf(turn: Turn): Branch;
  clear(): void;
}

export function createThread(): Thread {
  const root = reactive({ children: [] as Node[], shown: 0 });
  const way = computed(() => {
    const nodes: Node[] = [];
    let next = root.children[root.shown];
    while (next) {
      nodes.push(next);
      next = next.children[next.shown];
    }
    return nodes;
  });

  /** The node of a shown turn, with the list it is in. */
  function find(turn: Turn) {
    const index = way.value.findIndex((candidate) => candidate.turn.id === turn.id);
    return { node: way.value[index], parent: index > 0 ? way.value[index - 1]! : root };
  }

  function add(turn: Turn, parent: Pick<Node, 'children' | 'shown'>): void {
    parent.children.push({ turn, children: [], shown: 0 });
    parent.shown = parent.children.length - 1;
  }

  return {
    turns: computed(() => way.value.map(({ turn }) => turn)),
    append: (turn) => add(turn, way.value.at(-1) ?? root),
    addBeside: (turn, other) => add(turn, find(other).parent),
    remove(turn) {
      const { node, parent } = find(turn);
      if (!node) return;
      parent.children.splice(parent.children.indexOf(node), 1);
      parent.shown = Math.max(0, Math.min(parent.shown, parent.children.length - 1));
    },
    show(turn, by) {
      const { parent } = find(turn);
      parent.shown = Math.max(0, Math.min(parent.shown + by, parent.children.length - 1));
    },
    branchOf(turn) {
      const { node, parent } = find(turn);
      return node ? { position: parent.shown + 1, count: parent.children.length } : { position: 1, count: 1 };
    },
    clear() {
      root.children = [];
      root.shown = 0;
    },
  };
}

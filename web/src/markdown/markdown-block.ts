// Renders one top-level block; while its object stays the same it is not rendered again.
import { defineComponent, type PropType } from 'vue';

import type { Block } from './blocks.ts';
import { renderTokens } from './render-tokens.ts';

export const MarkdownBlock = defineComponent({
  name: 'MarkdownBlock',
  props: { block: { type: Object as PropType<Block>, required: true } },
  setup: (props) => () => renderTokens(props.block.tokens, props.block.open),
});

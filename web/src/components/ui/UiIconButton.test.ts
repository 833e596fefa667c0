import { Trash2 } from '@lucide/vue';
import { mount } from '@vue/test-utils';
import { expect, test } from 'vitest';

import UiIconButton from './UiIconButton.vue';

test('its name is read out and shown, its icon is not read out', () => {
  const button = mount(UiIconButton, { props: { label: 'Delete “Ming”', icon: Trash2 } });
  expect(button.element.tagName).toBe('BUTTON');
  expect(button.attributes()).toMatchObject({ type: 'button', 'aria-label': 'Delete “Ming”', title: 'Delete “Ming”' });
  expect(button.get('svg').attributes('aria-hidden')).toBe('true');
  expect(button.text()).toBe('');
});

test('what else it is given goes to the button', async () => {
  let pressed = 0;
  const attrs = { disabled: true, 'aria-busy': true, class: 'ms-auto', onClick: () => (pressed += 1) };
  const button = mount(UiIconButton, { props: { label: 'Stop', icon: Trash2, variant: 'danger' }, attrs });
  expect(button.attributes()).toMatchObject({ 'data-variant': 'danger', 'data-size': 'icon', 'aria-busy': 'true' });
  expect(button.classes()).toContain('ms-auto');
  await button.trigger('click');
  expect(pressed).toBe(0);
  await button.setProps({ disabled: false } as object);
  await button.trigger('click');
  expect(pressed).toBe(1);
});

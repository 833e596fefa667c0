import { mount } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, test } from 'vitest';

import type { CallLogEntry } from '@/api/call-log.ts';
import type { ClassCall } from '@/api/teaching.ts';

import CallTable from './CallTable.vue';

const ofClass: ClassCall = {
  id: 'call_1',
  request_id: 'req_1',
  created_at: '2026-11-29T08:00:00.000Z',
  kind: 'question',
  endpoint: '/v1/chat/completions',
  model_id: 'gpt-a',
  prompt_tokens: 1200,
  prompt_unit: 'tokens',
  units: null,
  completion_tokens: 34,
  cached_tokens: 0,
  reasoning_tokens: 0,
  audio_tokens: 0,
  pass_id: 'pass_1',
  pass_name: 'seat 12',
  seat_name: 'Ming',
  activation_code: null,
  stream: false,
  status: 'success',
  error_code: null,
  cost: 0.02,
  estimated: false,
  first_byte_ms: 100,
  duration_ms: 1500,
};
const whole: CallLogEntry = {
  ...ofClass,
  user_id: 'user_1',
  username: 'ming@school.test',
  ip_address: '192.0.2.7',
  channel_id: 'ch_1',
  channel_name: 'OpenAI',
  classroom_id: 'class_1',
  classroom_name: '8a',
};

beforeEach(() => setActivePinia(createPinia()));

const headsOf = (table: ReturnType<typeof mount>) => table.findAll('th').map((head) => head.text());

test('a class’s calls name the student, and neither channel nor a way into the call', () => {
  const table = mount(CallTable, { props: { calls: [ofClass], who: 'Student' } });
  expect(headsOf(table)).toEqual(['Time', 'Student', 'Model', 'Usage', 'Cost', 'Duration', 'Status']);
  expect(table.findAll('tbody button')).toEqual([]);
  const [, student, model, used] = table.findAll('tbody td').map((cell) => cell.text());
  expect([student, model, used]).toEqual(['StudentMing', 'Modelgpt-a', 'Usage1,200 + 34 tokens']);
});

test('all calls name the account, its class and the channel, and the time opens the call', async () => {
  const opened: unknown[] = [];
  const props = { calls: [whole], who: 'Who', channels: true, onOpen: (call: unknown) => opened.push(call) };
  const table = mount(CallTable, { props });
  expect(headsOf(table)).toEqual(['Time', 'Who', 'Model', 'Channel', 'Usage', 'Cost', 'Duration', 'Status']);
  const cells = table.findAll('tbody td').map((cell) => cell.text());
  expect([cells[1], cells[3]]).toEqual(['Whoming@school.test 8a', 'ChannelOpenAI']);
  await table.get('tbody button').trigger('click');
  expect(opened).toEqual([whole]);
});

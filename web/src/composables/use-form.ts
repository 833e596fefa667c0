// A form's life: check, send, show what is wrong where it is wrong, and keep the reader's place.
import { nextTick, reactive, ref, type Ref, useTemplateRef } from 'vue';

import { Problem } from '@/api/problem.ts';
import { t } from '@/i18n/texts.ts';

export type FieldErrors<V> = { [K in keyof V]?: string | undefined };

export interface FormOptions<V extends object> {
  values: V;
  /** What is wrong before anything is sent; empty = nothing. */
  check: (values: V) => FieldErrors<V>;
  /** @throws Problem. */
  send: (values: V) => Promise<void>;
  /** The server's names of fields, where they are not ours. */
  fields?: Record<string, keyof V>;
}

export interface Form<V extends object> {
  values: V;
  errors: FieldErrors<V>;
  /** What is wrong with no field in particular. */
  failure: Ref<string>;
  busy: Ref<boolean>;
  submit: () => Promise<void>;
}

/** The template's `<form ref="form">` is where the first wrong field gets the focus. */
export function useForm<V extends object>({ values: initial, check, send, fields = {} }: FormOptions<V>): Form<V> {
  const values = reactive(initial) as V;
  const errors = reactive({}) as FieldErrors<V>;
  const failure = ref('');
  const busy = ref(false);
  const element = useTemplateRef<HTMLFormElement>('form');

  function show(found: FieldErrors<V>): void {
    for (const key of Object.keys(errors) as (keyof V)[]) delete errors[key];
    Object.assign(errors, found);
  }

  function showProblem(problem: Problem): void {
    const name = problem.field ?? '';
    const field = fields[name] ?? (name in values ? (name as keyof V) : undefined);
    if (field !== undefined) show({ [field]: problem.message } as FieldErrors<V>);
    else failure.value = messageOf(problem);
  }

  async function submit(): Promise<void> {
    if (busy.value) return;
    failure.value = '';
    show(check(values));
    if (Object.values(errors).some(Boolean)) return focusWrong();
    busy.value = true;
    try {
      await send(values);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      showProblem(error);
      await focusWrong();
    } finally {
      busy.value = false;
    }
  }

  async function focusWrong(): Promise<void> {
    await nextTick();
    element.value?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }

  return { values, errors, failure, busy, submit };
}

/** A problem in one sentence. */
export function messageOf(problem: Problem): string {
  if (problem.kind !== 'network') return problem.message || t('problem.refusedTitle');
  return `${t('problem.networkTitle')} ${t('problem.networkText')}`;
}

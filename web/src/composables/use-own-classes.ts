// The classes somebody teaches, and the one that is worked in: it stands in the address, so that it is kept from page to page.
import { computed, type ComputedRef, type Ref, type ShallowRef, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';

import type { ClassroomView } from '@/api/classrooms.ts';
import type { Problem } from '@/api/problem.ts';
import { listOwnClassrooms } from '@/api/teaching.ts';

import type { AdminCall } from './use-admin-call.ts';
import { type Loaded, useLoaded } from './use-loaded.ts';

export interface OwnClasses {
  /** Undefined until they have come. */
  classes: ShallowRef<ClassroomView[] | undefined>;
  /** The one that is chosen, else the first that is open. */
  classroom: ComputedRef<ClassroomView | undefined>;
  classId: ComputedRef<string | undefined>;
  /** Whether anything can be changed in it. */
  isOpen: ComputedRef<boolean>;
  problem: ShallowRef<Problem | undefined>;
  loading: Ref<boolean>;
  load: () => Promise<void>;
  choose: (id: string) => void;
}

export function useOwnClasses(call: AdminCall): OwnClasses {
  const route = useRoute();
  const router = useRouter();
  const { data: classes, problem, loading, load } = useLoaded(() => call(listOwnClassrooms));
  const classroom = computed(() => {
    const all = classes.value ?? [];
    return all.find(({ id }) => id === route.query.class) ?? all.find(({ closed }) => !closed) ?? all[0];
  });
  return {
    classes,
    classroom,
    classId: computed(() => classroom.value?.id),
    isOpen: computed(() => classroom.value !== undefined && !classroom.value.closed),
    problem,
    loading,
    load,
    choose: (id) => void router.replace({ query: { ...route.query, class: id } }),
  };
}

/** Something of the class that is worked in; another class begins anew. */
export function useOfClass<T>({ classId }: OwnClasses, work: (id: string) => Promise<T>): Loaded<T | undefined> {
  const loaded = useLoaded(async () => (classId.value === undefined ? undefined : work(classId.value)));
  watch(classId, () => {
    loaded.data.value = undefined;
    void loaded.load();
  });
  return loaded;
}

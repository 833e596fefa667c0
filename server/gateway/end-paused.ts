// Ends the running answers of classes that another process has paused or closed, should its message not have come.
import type { AppContext } from '../context.ts';

/** Most classes asked about at once; the rest is looked at with the next change. */
const CLASSES_MAX = 500;

export async function endPaused({ db, gateway }: AppContext): Promise<void> {
  const running = new Set<string>();
  for (const { classroomId } of gateway.running) if (classroomId !== null) running.add(classroomId);
  if (running.size === 0) return;
  const paused = await db
    .selectFrom('classrooms')
    .select('id')
    .where('id', 'in', [...running].slice(0, CLASSES_MAX))
    .where((eb) => eb.or([eb('pausedAt', 'is not', null), eb('status', '!=', 'active')]))
    .execute();
  const ids = new Set(paused.map(({ id }) => id));
  for (const attempt of gateway.running)
    if (attempt.classroomId !== null && ids.has(attempt.classroomId)) attempt.abort('paused');
}

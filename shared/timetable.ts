// Class hours, in the shape proposed to LiteLLM (permissions.access_schedule): start inclusive, end exclusive.
import { z } from 'zod';

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'is not a time such as 08:00');

/** A window whose end is not after its start runs past midnight and belongs to the day it starts on. */
export const timetableWindow = z.object({
  days: z.array(z.enum(DAYS)).min(1).max(7),
  start: time,
  end: time,
});

export const timetable = z.object({
  timezone: z.string().min(1).max(64),
  windows: z.array(timetableWindow).max(100),
});

export type Timetable = z.infer<typeof timetable>;

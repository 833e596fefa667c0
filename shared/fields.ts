// Kinds of fields that several contracts share.
import { z } from 'zod';

/** One line for people; no control characters (PostgreSQL stores no NUL). */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^\P{Cc}*$/u, 'may not hold control characters');
export const count = (max: number) => z.number().int().min(1).max(max);

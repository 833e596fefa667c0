// How accounts are told in words.
import type { UserView } from '@/api/users.ts';
import type { TextKey } from '@/i18n/texts.ts';

export const ROLE_TEXTS: Record<UserView['role'], TextKey> = {
  user: 'users.roleUser',
  student: 'users.roleStudent',
  teacher: 'users.roleTeacher',
  admin: 'users.roleAdmin',
};

export const STATUS_TEXTS: Record<UserView['status'], TextKey> = {
  active: 'users.active',
  disabled: 'users.disabled',
};

export const nameOfUser = ({ username, email, display_name, id }: UserView): string =>
  username ?? email ?? display_name ?? id;

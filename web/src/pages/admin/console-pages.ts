// The one table of the console's pages: where each stands in the navigation, and who may open it.
import {
  Ban,
  Boxes,
  ChartColumn,
  ChartLine,
  ClipboardList,
  Coins,
  HeartPulse,
  KeyRound,
  LayoutDashboard,
  List,
  Plug,
  School,
  ScrollText,
  Settings,
  TicketCheck,
  Users,
} from '@lucide/vue';

import type { Role } from '@/api/accounts.ts';
import type { TextKey } from '@/i18n/texts.ts';

export interface ConsolePage {
  to: string;
  text: TextKey;
  icon: typeof Plug;
  /** Who finds it in the navigation. */
  shownTo: readonly Role[];
}

export interface PageGroup {
  title?: TextKey;
  entries: readonly ConsolePage[];
}

const ADMIN = ['admin'] as const;
const TEACHER = ['teacher'] as const;
const BOTH = ['admin', 'teacher'] as const;

const GROUPS: readonly PageGroup[] = [
  { entries: [{ to: '/admin', text: 'admin.overview', icon: LayoutDashboard, shownTo: ADMIN }] },
  {
    title: 'admin.gateway',
    entries: [
      { to: '/admin/channels', text: 'admin.channels', icon: Plug, shownTo: ADMIN },
      { to: '/admin/models', text: 'admin.models', icon: Boxes, shownTo: ADMIN },
      { to: '/admin/passes', text: 'admin.passes', icon: TicketCheck, shownTo: ADMIN },
      { to: '/admin/classes', text: 'admin.classes', icon: School, shownTo: BOTH },
      { to: '/admin/class-passes', text: 'admin.passes', icon: TicketCheck, shownTo: TEACHER },
      { to: '/admin/class-codes', text: 'admin.codes', icon: KeyRound, shownTo: TEACHER },
      { to: '/admin/class-usage', text: 'teaching.usage', icon: ChartColumn, shownTo: TEACHER },
      { to: '/admin/codes', text: 'admin.codes', icon: KeyRound, shownTo: ADMIN },
      { to: '/admin/plans', text: 'admin.plans', icon: ClipboardList, shownTo: ADMIN },
      { to: '/admin/users', text: 'admin.users', icon: Users, shownTo: ADMIN },
    ],
  },
  {
    title: 'admin.records',
    entries: [
      { to: '/admin/stats', text: 'admin.stats', icon: ChartLine, shownTo: ADMIN },
      { to: '/admin/costs', text: 'admin.costs', icon: Coins, shownTo: ADMIN },
      { to: '/admin/logs', text: 'admin.logs', icon: List, shownTo: ADMIN },
      { to: '/admin/audit', text: 'admin.audit', icon: ScrollText, shownTo: ADMIN },
    ],
  },
  {
    title: 'admin.system',
    entries: [
      { to: '/admin/blocked', text: 'admin.blocked', icon: Ban, shownTo: ADMIN },
      { to: '/admin/health', text: 'admin.health', icon: HeartPulse, shownTo: ADMIN },
      { to: '/admin/settings', text: 'admin.settings', icon: Settings, shownTo: ADMIN },
    ],
  },
];

/** The navigation of a role. A teacher's few pages need no headings. */
export function groupsFor(role: Role | null): PageGroup[] {
  const entriesOf = (group: PageGroup) => group.entries.filter(({ shownTo }) => role && shownTo.includes(role));
  const shown = GROUPS.map((group) => ({ ...group, entries: entriesOf(group) })).filter(
    ({ entries }) => entries.length > 0,
  );
  return role === 'admin' ? shown : shown.map(({ entries }) => ({ entries }));
}

/** Whether a role may open an address: an administrator also what is made for teachers. Unknown ones are nobody's. */
export function mayOpen(role: Role | null, path: string): boolean {
  const page = GROUPS.flatMap(({ entries }) => entries).find(({ to }) => to === path.replace(/\/+$/, ''));
  if (!page || role === null) return false;
  return page.shownTo.includes(role) || role === 'admin';
}

/** The page a role begins with; undefined where it has none. */
export function startOf(role: Role | null): string | undefined {
  return groupsFor(role)[0]?.entries[0]?.to;
}

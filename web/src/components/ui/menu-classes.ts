// The looks of menus, shared by every dropdown.

export const MENU_CONTENT =
  'motion-pop z-50 min-w-[220px] max-w-[calc(100vw-24px)] max-h-[var(--reka-dropdown-menu-content-available-height)] overflow-y-auto rounded-lg border border-border bg-popover p-1.5 shadow-floating';
export const MENU_ITEM =
  'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-3 py-1.5 text-[15px] leading-snug outline-none data-[highlighted]:bg-muted max-sm:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-faint';
export const MENU_LABEL = 'px-3 pt-2 pb-1 text-[12.5px] text-faint';
export const MENU_LINE = 'mx-1.5 my-1.5 h-px bg-border';

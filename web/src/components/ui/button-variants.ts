// The looks a button can have.
import { cva, type VariantProps } from 'class-variance-authority';

export const buttonVariants = cva(
  'tap inline-flex shrink-0 items-center justify-center gap-2 rounded-md font-[560] leading-snug whitespace-nowrap transition-[background-color,color,border-color,opacity] duration-150 ease-out select-none disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55 [&_svg]:size-[1.1em] [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary:
          'bg-primary text-primary-foreground enabled:hover:bg-[color-mix(in_oklab,var(--teal)_88%,var(--foreground))]',
        outline: 'border border-border bg-card text-foreground enabled:hover:border-input enabled:hover:bg-muted',
        ghost: 'text-muted-foreground enabled:hover:bg-muted enabled:hover:text-foreground',
        danger:
          'bg-destructive text-destructive-foreground enabled:hover:bg-[color-mix(in_oklab,var(--red)_88%,var(--foreground))]',
        link: 'text-accent-foreground underline decoration-1 underline-offset-4 enabled:hover:decoration-2',
      },
      size: {
        sm: 'h-8 px-3 text-[13.5px]',
        md: 'h-10 px-4 text-[15px]',
        lg: 'h-12 px-5 text-base',
        icon: 'size-9 text-[17px]',
        none: '',
      },
    },
    defaultVariants: { variant: 'outline', size: 'md' },
  },
);

export type ButtonVariants = VariantProps<typeof buttonVariants>;

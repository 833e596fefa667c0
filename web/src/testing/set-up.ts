// Loads the texts before each file of tests, as main.ts does before the page.
import { switchLocale } from '@/i18n/texts.ts';

await switchLocale('en');

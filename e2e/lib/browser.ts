// The system's Chromium, and visitors in it: every visitor keeps a record of what the page asked for and complained of.
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** A name that is not localhost, so that the page is in no secure context. */
export const SCHOOL_HOST = 'class.school.test';

/** The system's own. */
export const CHROMIUM = process.env.TEST_CHROMIUM ?? '/usr/bin/chromium';

/**
 * What Playwright 1.65 switches off, for Chromium takes only the last such list; and what Chromium's own window would load
 * for its address bar, which nobody sees here: a third of the work of these tests.
 */
const FEATURES_OFF = [
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades'],
  ...[
    'HttpsFirstBalancedModeAutoEnable',
    'LensOverlay',
    'MediaRouter',
    'PaintHolding',
    'ThirdPartyStoragePartitioning',
  ],
  ...['AvoidCorsURLLoaderRestartOnRedirect', 'OptimizationHints', 'NetworkTimeServiceQuerying', 'AimEnabled'],
  'PreconnectToSearch',
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup'],
];

export const CHROMIUM_ARGS = [
  `--disable-features=${FEATURES_OFF.join(',')}`,
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const ARGS = [...CHROMIUM_ARGS, `--host-resolver-rules=MAP ${SCHOOL_HOST} 127.0.0.1, EXCLUDE localhost`];

/** A step on a busy machine may take this long. */
const STEP_TIMEOUT_MS = 15_000;

export interface Visitor extends AsyncDisposable {
  page: Page;
  context: BrowserContext;
  /** Addresses of everything the page asked for, also of what the browser refused. */
  requests: string[];
  /** Errors and policy violations, in the page's own words. Answers with an error status are none. */
  faults: string[];
}

export interface VisitOptions {
  locale?: 'en-US' | 'zh-CN' | 'zh-TW';
  theme?: 'light' | 'dark';
  phone?: boolean;
  /** The page's clock can be put forward with `page.clock`. */
  clock?: boolean;
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGS });
}

/** Opens the address as a new visitor, with storage and history of their own. */
export async function visit(browser: Browser, url: string, options: VisitOptions = {}): Promise<Visitor> {
  const { locale = 'en-US', theme = 'light', phone = false } = options;
  const context = await browser.newContext({
    locale,
    colorScheme: theme,
    viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 800 },
    ...(phone ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {}),
  });
  context.setDefaultTimeout(STEP_TIMEOUT_MS);
  const page = await context.newPage();
  if (options.clock) await page.clock.install();
  const requests: string[] = [];
  const faults: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    const isFault = message.type() === 'error' || message.type() === 'warning';
    if (isFault && !message.text().startsWith('Failed to load resource')) faults.push(message.text());
  });
  await page.goto(url);
  return { page, context, requests, faults, [Symbol.asyncDispose]: () => context.close() };
}

/** Addresses outside the page's own server. */
export function elsewhere({ requests, page }: Visitor): string[] {
  const { origin } = new URL(page.url());
  return requests.filter(
    (url) => !url.startsWith(`${origin}/`) && !url.startsWith('data:') && !url.startsWith('blob:'),
  );
}

// Draws docs/images from the real pages: `bun e2e/pictures.ts`. The words are scripted, everything else is the server's.
import { join } from 'node:path';

import type { Page } from 'playwright-core';

import { drawConsole } from './console-pictures.ts';
import { visit, type VisitOptions } from './lib/browser.ts';
import { openSite, type Site } from './lib/site.ts';

const ENGLISH = `Good question. Let us get there step by step.

### Hint one: how far does the light travel?

At noon the sun is overhead; in the evening it is at the horizon. **When does sunlight have to cross more air?** Draw a circle for the Earth and another around it for the atmosphere, then measure both paths.

| | path through the air | colour that arrives |
| --- | ---: | --- |
| noon | 1 × | white |
| evening | about 38 × | ? |

Short waves are scattered most: $I \\propto \\lambda^{-4}$. Tell me what is left over at the end of the long path, and I will give you the second hint.
`;

const CHINESE = `好，我們一步一步來。先想一個問題：

### 提示一：光走了多遠？

中午太陽在頭頂，傍晚太陽在地平線。**哪一個時候，陽光要穿過比較厚的空氣？**你可以畫一個圓當地球，外面再畫一圈大氣。

\`\`\`
中午  太陽 ──▶ ▏空氣▕ ──▶ 你
傍晚  太陽 ──▶ ▏空　氣　更　厚▕ ──▶ 你
\`\`\`

想好了再告訴我，我再給你**第二個提示**。
`;

const DIAGRAM = `这三步连起来看：

\`\`\`mermaid
flowchart LR
  A[海水蒸发] --> B[升到高处变冷]
  B --> C[凝成小水滴]
  C --> D[下雨]
  D --> A
\`\`\`

**先想一想**：如果空气里没有灰尘，第三步会怎么样？
`;

interface Picture {
  file: string;
  look: VisitOptions;
  modelName: string;
  question: string;
  thinking: string;
  answer: string;
  /** What is done with the answer before the picture is taken. */
  prepare?: (page: Page) => Promise<unknown>;
}

const PICTURES: Picture[] = [
  {
    file: 'chat.png',
    look: { locale: 'en-US', theme: 'light' },
    modelName: 'Science tutor',
    question: 'Why is the sky red in the evening? Give me a hint first.',
    thinking: 'The student asks for a hint, not the answer. Let them compare the two paths of the light first.',
    answer: ENGLISH,
  },
  {
    file: 'chat-phone.png',
    look: { locale: 'zh-TW', theme: 'dark', phone: true },
    modelName: '自然小老師',
    question: '為什麼傍晚的天空是紅色的？可以先給我提示嗎？',
    thinking: '學生要的是提示，不是答案。先讓他比較中午和傍晚光走過的距離。',
    answer: CHINESE,
  },
  {
    file: 'chat-diagram.png',
    look: { locale: 'zh-CN', theme: 'dark' },
    modelName: '科学小老师',
    question: '水是怎么循环的？画张图给我看。',
    thinking: '先给图，再留一个问题。',
    answer: DIAGRAM,
    prepare: (page) => page.locator('figure button').first().click(),
  },
];

async function draw(
  site: Site,
  { file, look, modelName, question, thinking, answer, prepare }: Picture,
): Promise<void> {
  const words = answer.match(/[\s\S]{1,6}/gu)!;
  const channel = { name: file, base_url: site.upstream.baseUrl, api_key: 'sk-x', model_id: file };
  const id = (await site.admin('POST', '/api/admin/channels', { ...channel, display_name: modelName })).id;
  site.upstream.script(file, { words, reasoning: [thinking], wordDelayMs: 2 });
  await using visitor = await visit(site.browser, site.url, look);
  const { page } = visitor;
  await page.getByText(modelName).first().waitFor();
  await page.locator('textarea').fill(question);
  await page.locator('textarea').press('Enter');
  await page.locator('article[aria-busy="false"]').waitFor();
  await page.locator('article [aria-expanded]').click();
  await prepare?.(page);
  await page.locator('main').evaluate((el) => el.scrollTo(0, 0));
  // Formulas, fonts and menus have settled.
  await page.waitForTimeout(1_000);
  await page.screenshot({ path: toPath(file) });
  await site.admin('DELETE', `/api/admin/channels/${String(id)}`);
}

const toPath = (file: string) => join(import.meta.dir, '../docs/images', file);

// Only those of one part: `bun e2e/pictures.ts console`.
const parts = process.argv.slice(2);
if (parts.length === 0 || parts.includes('console')) await drawConsole(toPath);
if (parts.length === 0 || parts.includes('chat')) {
  await using site = await openSite();
  for (const picture of PICTURES) await draw(site, picture);
}

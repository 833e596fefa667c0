// Example: nobody asks anything between ten at night and six in the morning, Taipei time.
import type { PreCallHook } from '../server/gateway/hooks.ts';

const hourInTaipei = new Intl.DateTimeFormat('en', { timeZone: 'Asia/Taipei', hour: 'numeric', hourCycle: 'h23' });

export const preCall: PreCallHook = ({ now }) => {
  const hour = Number(hourInTaipei.format(now));
  if (hour >= 22 || hour < 6) return { refuse: '現在是休息時間，早上六點再來。' };
};

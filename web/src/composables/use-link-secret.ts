// The secret that a link carries in its fragment: a pass, an invitation, a token for a new password.
import { onMounted, onUnmounted } from 'vue';

/**
 * Takes it out of the address bar and the history, where the next one at this device would find it. Another link opened
 * in the same tab begins the page anew, so that nobody sees or uses what the one before belonged to.
 * @returns the fragment without `#`, as it stands in the address; '' where there is none.
 */
export function useLinkSecret(): string {
  const secret = location.hash.slice(1);
  if (secret) history.replaceState(history.state, '', location.pathname);
  const beginAnew = () => location.hash && location.reload();
  onMounted(() => addEventListener('hashchange', beginAnew));
  onUnmounted(() => removeEventListener('hashchange', beginAnew));
  return secret;
}

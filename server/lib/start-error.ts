/** The server cannot start. The message is for the person who started it: plain sentences that say what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * The exit status of the command. There is none for Ctrl-C: the signal ends the process as it ends any other, which
 * shells report as 130, and a loop around the command ends with it.
 */

/** Analysed, and --fail-on found nothing. */
export const EXIT_ANALYZED = 0;
/** --fail-on found such an attempt. */
export const EXIT_FOUND = 1;
/** The command was used wrongly. */
export const EXIT_USAGE = 2;
/** A capture can't be read, or a result can't be written. */
export const EXIT_UNREADABLE = 3;

/** The command was used wrongly; the message is one sentence that says what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

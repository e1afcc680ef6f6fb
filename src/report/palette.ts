/** Colours of the terminal, or none. */
import pico from 'picocolors';
import type { Outcome } from '../classify/outcome.js';

/** Ways to set text off; all of them leave it as it is where colour is not wanted. */
export interface Palette {
  bold: (text: string) => string;
  faint: (text: string) => string;
  command: (text: string) => string;
  outcome: (outcome: Outcome, text?: string) => string;
}

/** The colours of synwhy, or a palette that changes nothing. */
export function createPalette(isColored: boolean): Palette {
  const colors = pico.createColors(isColored);
  const outcomes: Record<Outcome, (text: string) => string> = {
    established: colors.green,
    refused: colors.red,
    filtered: colors.magenta,
    'timed-out': colors.yellow,
    aborted: colors.cyan,
    inconclusive: colors.dim,
  };
  return {
    bold: colors.bold,
    faint: colors.dim,
    command: colors.cyan,
    outcome: (outcome, text = outcome) => outcomes[outcome](text),
  };
}

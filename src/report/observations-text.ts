/** What was seen beside the attempts, as a list under a heading. */
import type { Observation } from './model.js';
import type { Palette } from './palette.js';
import { formatNumberOf, wrap } from './wording.js';

/** Unless everything was asked for. */
const MOST_TOLD = 10;

/** The list in lines, empty if nothing was seen; the texts are escaped already. */
export function describeObservations(
  observations: readonly Observation[],
  width: number,
  palette: Palette,
  verbose: boolean,
): string[] {
  if (observations.length === 0) return [];
  const told = verbose ? observations : observations.slice(0, MOST_TOLD);
  const more = observations.length - told.length;
  return [
    palette.bold('Also seen:'),
    ...told.flatMap(({ text }) => wrap(text, width, '- ', '  ')),
    ...(more === 0 ? [] : [`and ${formatNumberOf(more, 'more observation')}; -v shows everything, --host less`]),
  ];
}

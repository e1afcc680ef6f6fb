/** Reads a command line by its options, and says in words which there are. */
import type { Options } from 'yargs';
import { Parser } from 'yargs/helpers';
import { UsageError } from './exit-codes.js';
import { suggest } from './nearest.js';

/** The options of a command by their names, as yargs describes them. */
export type OptionTable = Readonly<Record<string, Options>>;

/** Those that every command has. */
const COMMON: OptionTable = {
  help: { alias: 'h', type: 'boolean', describe: 'Print this help' },
  version: { type: 'boolean', describe: 'Print the version' },
};

const CONFIGURATION = {
  'camel-case-expansion': false,
  'dot-notation': false,
  'duplicate-arguments-array': true,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'strip-aliased': true,
};
const LARGEST_WIDTH = 100;

/** The values of options by their names; in `_` what stands beside them. */
export type Values = { _: string[] } & Record<string, unknown>;

/**
 * What a command line gives for these options. Throws UsageError where there is no such option, or its value is missing.
 * This is yargs's own parser alone: all of yargs takes 17 ms to load and run, as long as most captures take.
 */
export function readWords(words: readonly string[], options: OptionTable): Values {
  const all = Object.entries({ ...COMMON, ...options });
  const namesOf = (wanted: Options['type']) => all.filter(([, { type }]) => type === wanted).map(([name]) => name);
  const { argv, aliases, error } = Parser.detailed([...words], {
    alias: Object.fromEntries(all.map(([name, { alias = [] }]) => [name, [alias].flat()])),
    boolean: namesOf('boolean'),
    string: namesOf('string'),
    // Not a number: one value, or that of -o=FILE.
    narg: Object.fromEntries(all.filter(([, { requiresArg }]) => requiresArg).map(([name]) => [name, Number.NaN])),
    configuration: CONFIGURATION,
  });
  if (error !== null) throw new UsageError(explainFailure(error.message));
  const { _, ...values } = argv;
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(aliases, name));
  if (unknown !== undefined) {
    const names = [...Object.keys(COMMON), ...Object.keys(options)];
    throw new UsageError(`there is no option ${dashed(unknown)}${suggest(dashed(unknown), names.map(dashed))}`);
  }
  return { ...values, _: _.map(String) };
}

/** The list of options in so many columns, without the types that yargs puts at the ends of lines. */
export async function describeOptions(options: OptionTable, columns: number, epilogue = ''): Promise<string> {
  const { default: yargs } = await import('yargs');
  const help = await yargs([])
    .scriptName('synwhy')
    .locale('en')
    .help(false)
    .version(false)
    .options({ ...COMMON, ...options })
    .epilogue(epilogue)
    .wrap(Math.min(LARGEST_WIDTH, columns))
    .exitProcess(false)
    .getHelp();
  return help.replace(/(?:\n *| *)\[(?:string|boolean)\]$/gm, '');
}

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/** Makes a sentence for people of what the parser says about a command line. */
function explainFailure(message: string): string {
  const missing = /^Not enough arguments following: (.*)$/.exec(message);
  return missing === null ? message : `${dashed(missing[1])} needs a value after it`;
}

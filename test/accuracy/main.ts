/**
 * npm run accuracy: what synwhy says of the labelled captures of fixtures, against what was true.
 *
 *   npm run accuracy -- [--markdown]
 *
 * Rows are what was true, behind it how many are right and what the others are taken for. --markdown prints what the
 * README quotes. The exit status is 1 if anything is wrong.
 */
import { parseArgs } from 'node:util';
import { readLabels } from '../lab/labels.js';
import { measureAccuracy } from './confusion.js';
import { accuracyTable, confusionTable, describeMeasured, summaryLines } from './tables.js';

function main(): void {
  const { values } = parseArgs({ options: { markdown: { type: 'boolean', default: false } } });
  const accuracy = measureAccuracy(readLabels());
  if (values.markdown) console.log(accuracyTable(accuracy));
  else {
    console.log(confusionTable(accuracy));
    for (const line of summaryLines(accuracy)) console.log(line);
    console.log(`measured on ${describeMeasured(accuracy)}`);
  }
  const { cause, notes, observations, nearMisses } = accuracy;
  const isPerfect = [cause, notes, observations, nearMisses].every(({ right, total }) => right === total);
  process.exitCode = isPerfect ? 0 : 1;
}

main();

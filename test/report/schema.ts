/** The published JSON Schema, and a strict variant of it: to add a field without telling of it there is a mistake. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { repositoryRoot } from '../tools.js';

/** What the tests look at in the schema. */
interface ReportSchema {
  properties: Record<string, unknown>;
  $defs: Record<string, { properties: Record<string, unknown> }>;
}

/** As it is published. */
export const schema: ReportSchema = JSON.parse(
  readFileSync(join(repositoryRoot(), 'src', 'report', 'report.schema.json'), 'utf8'),
);

/** A copy in which objects allow only the fields that are named. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, closed(entry)]));
  if ('properties' in copy && 'required' in copy) copy.additionalProperties ??= false;
  return copy;
}

const validatePublished = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);
const validateClosed = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(closed(schema) as object);

/** Where a report does not fulfil the strict schema. */
export function schemaErrors(report: unknown): string[] {
  validateClosed(report);
  return (validateClosed.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Whether a report fulfils the schema as it is published, where fields may be added. */
export function fulfilsPublishedSchema(report: unknown): boolean {
  return validatePublished(report);
}

/**
 * The attempts of a report, each put into words when it is asked for: a hundred thousand of them in words would take
 * half a gigabyte, and most renderers look at a few, or at one after the other.
 */
import type { ReportAttempt } from './model.js';

/** Where the attempts of a list come from. */
export interface AttemptSource {
  readonly length: number;
  /** The `id` of the attempt at this place. */
  idAt(index: number): number;
  /** The attempt at this place, made anew each time. */
  at(index: number): ReportAttempt;
}

/** Where a list has its source. In a WeakMap whole analyses stayed alive until the next full collection. */
const SOURCE = Symbol('source');

function sourceOf(attempts: readonly ReportAttempt[]): AttemptSource | undefined {
  return (attempts as { [SOURCE]?: AttemptSource })[SOURCE];
}

/** An array of attempts that are made when they are asked for, anew each time. It can be read as any other. */
export function lazyAttempts(source: AttemptSource): ReportAttempt[] {
  const { length } = source;
  const indexOf = (key: string | symbol): number => {
    const index = typeof key === 'string' ? Number(key) : Number.NaN;
    return index >= 0 && index < length && String(index) === key ? index : -1;
  };
  return new Proxy<ReportAttempt[]>(new Array(length), {
    get(target, key, receiver) {
      if (key === SOURCE) return source;
      const index = indexOf(key);
      return index === -1 ? Reflect.get(target, key, receiver) : source.at(index);
    },
    has: (target, key) => Reflect.has(target, key) || indexOf(key) !== -1,
    getOwnPropertyDescriptor(target, key) {
      const index = indexOf(key);
      if (index === -1) return Reflect.getOwnPropertyDescriptor(target, key);
      return { value: source.at(index), writable: true, enumerable: true, configurable: true };
    },
    ownKeys: () => [...Array.from({ length }, (_, index) => String(index)), 'length'],
    set: () => false,
    deleteProperty: () => false,
    defineProperty: () => false,
  });
}

/** Those with one of these ids, by it; of a list as above only they are put into words. */
export function findAttempts(attempts: readonly ReportAttempt[], ids: ReadonlySet<number>): Map<number, ReportAttempt> {
  const source = sourceOf(attempts);
  if (source === undefined) {
    return new Map(attempts.filter(({ id }) => ids.has(id)).map((attempt) => [attempt.id, attempt]));
  }
  const found = new Map<number, ReportAttempt>();
  for (let index = 0; index < source.length && found.size < ids.size; index++) {
    const id = source.idAt(index);
    if (ids.has(id)) found.set(id, attempts[index]);
  }
  return found;
}

/** The same list with each attempt changed, when it is asked for. */
export function mapAttempts(
  attempts: readonly ReportAttempt[],
  change: (attempt: ReportAttempt) => ReportAttempt,
): ReportAttempt[] {
  const source = sourceOf(attempts);
  if (source === undefined) return attempts.map(change);
  return lazyAttempts({
    length: attempts.length,
    idAt: (index) => source.idAt(index),
    at: (index) => change(attempts[index]),
  });
}

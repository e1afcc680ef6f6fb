/**
 * Brings together what address translation tore apart: a SYN-ACK that comes from another address or port than its SYN
 * was sent to looks like an attempt of its own, but acknowledges the SYN of one that went unanswered.
 */
import type { Attempt, AttemptEvent } from './attempt.js';

/** Answers later than this belong to something else; sequence numbers come round. */
const ANSWER_NS = 130e9;

/** The same attempts, with such answers moved to the attempt whose SYN they acknowledge. */
export function joinStrays(attempts: readonly Attempt[]): Attempt[] {
  const unanswered = new Map<string, Attempt>();
  for (const attempt of attempts) {
    if (isUnanswered(attempt)) unanswered.set(clientKey(attempt), attempt);
  }
  const joined = new Map<Attempt, Attempt>();
  const strays = new Set<Attempt>();
  for (const stray of attempts) {
    const owner = isStray(stray) ? unanswered.get(clientKey(stray)) : undefined;
    if (owner === undefined || !isSoonEnough(owner, stray)) continue;
    joined.set(owner, withAnswer(joined.get(owner) ?? owner, stray));
    strays.add(stray);
  }
  return attempts.filter((attempt) => !strays.has(attempt)).map((attempt) => joined.get(attempt) ?? attempt);
}

/** The client's end and its initial sequence number, which translation of the server's end leaves alone. */
function clientKey({ client, initialSequence }: Attempt): string {
  return `${client.address} ${client.port} ${initialSequence}`;
}

function isUnanswered({ events }: Attempt): boolean {
  return events.every(({ kind }) => kind === 'syn');
}

/** It begins with a SYN-ACK and goes on, if at all, with the client's refusal of it. */
function isStray({ events }: Attempt): boolean {
  return events[0].kind === 'syn-ack' && events.every(({ kind }) => kind === 'syn-ack' || kind === 'client-rst');
}

function isSoonEnough(owner: Attempt, stray: Attempt): boolean {
  const waitedNs = stray.events[0].timeNs - owner.events[0].timeNs;
  return waitedNs >= 0 && waitedNs < ANSWER_NS;
}

function withAnswer(owner: Attempt, stray: Attempt): Attempt {
  const answers = stray.events.map(
    (event): AttemptEvent =>
      event.kind === 'syn-ack'
        ? { ...event, kind: 'bad-syn-ack', from: stray.server, linkSource: stray.linkSource }
        : event,
  );
  return {
    ...owner,
    events: [...owner.events, ...answers].sort((one, other) => one.timeNs - other.timeNs),
    copies: owner.copies + stray.copies,
    omittedEvents: owner.omittedEvents + stray.omittedEvents,
  };
}

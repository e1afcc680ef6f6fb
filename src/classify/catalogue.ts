/**
 * Every cause as data: the one place that the table, the JSON, `explain` and the README's table read. A cause's rule is
 * in causes/<id>.ts, what people are told about it in descriptions/<id>.ts.
 */
import type { CauseDescription } from './cause-description.js';
import { acceptQueueFull } from './descriptions/accept-queue-full.js';
import { adminProhibited } from './descriptions/admin-prohibited.js';
import { answeredTooLate } from './descriptions/answered-too-late.js';
import { backendSilent } from './descriptions/backend-silent.js';
import { badSynAck } from './descriptions/bad-syn-ack.js';
import { captureEnded } from './descriptions/capture-ended.js';
import { captureStartedLate } from './descriptions/capture-started-late.js';
import { clientAborted } from './descriptions/client-aborted.js';
import { clientFirewall } from './descriptions/client-firewall.js';
import { clientGaveUp } from './descriptions/client-gave-up.js';
import { forwardedPortClosed } from './descriptions/forwarded-port-closed.js';
import { halfOpenProbe } from './descriptions/half-open-probe.js';
import { hostSilent } from './descriptions/host-silent.js';
import { hostUnreachable } from './descriptions/host-unreachable.js';
import { middleboxReset } from './descriptions/middlebox-reset.js';
import { neighborUnresolved } from './descriptions/neighbor-unresolved.js';
import { networkUnreachable } from './descriptions/network-unreachable.js';
import { oneWayCapture } from './descriptions/one-way-capture.js';
import { pathOutage } from './descriptions/path-outage.js';
import { portClosed } from './descriptions/port-closed.js';
import { portDropped } from './descriptions/port-dropped.js';
import { rejectPortUnreachable } from './descriptions/reject-port-unreachable.js';
import { rejectProtocolUnreachable } from './descriptions/reject-protocol-unreachable.js';
import { resetAfterSynAck } from './descriptions/reset-after-syn-ack.js';
import { returnPathLost } from './descriptions/return-path-lost.js';
import { routingLoop } from './descriptions/routing-loop.js';
import { serverFirewall } from './descriptions/server-firewall.js';
import { serviceUnstable } from './descriptions/service-unstable.js';
import { sourceDropped } from './descriptions/source-dropped.js';
import { staleConnection } from './descriptions/stale-connection.js';

export type { ApplicationErrorKind, CauseDescription, NextStep } from './cause-description.js';

/** All causes, grouped by outcome; within one, the more specific comes first and wins where several fit. */
export const CATALOGUE = [
  middleboxReset,
  forwardedPortClosed,
  serviceUnstable,
  resetAfterSynAck,
  portClosed,

  adminProhibited,
  rejectPortUnreachable,
  rejectProtocolUnreachable,
  hostUnreachable,
  networkUnreachable,
  clientFirewall,
  serverFirewall,
  sourceDropped,
  portDropped,

  badSynAck,
  staleConnection,
  answeredTooLate,
  returnPathLost,
  routingLoop,
  neighborUnresolved,
  pathOutage,
  acceptQueueFull,
  backendSilent,
  clientGaveUp,
  hostSilent,

  halfOpenProbe,
  clientAborted,

  captureEnded,
  captureStartedLate,
  oneWayCapture,
] as const satisfies readonly CauseDescription[];

/** The stable id of a cause. */
export type CauseId = (typeof CATALOGUE)[number]['id'];

const BY_ID: ReadonlyMap<string, CauseDescription & { id: CauseId }> = new Map(
  CATALOGUE.map((description) => [description.id, description]),
);

/** What is said about a cause. */
export function describeCause(id: CauseId): CauseDescription & { id: CauseId } {
  return BY_ID.get(id)!;
}

/**
 * The cause with this id, or undefined when there is none: for text that a person typed.
 *
 * @example
 * findCause('port-closed')?.title // 'Nothing listens on the port'
 */
export function findCause(id: string): (CauseDescription & { id: CauseId }) | undefined {
  return BY_ID.get(id);
}

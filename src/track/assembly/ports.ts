/** How ports answered, as ports.ts notes it. */
import {
  ACCEPTED,
  ANSWERED_COUNT,
  ANSWERED_PAIRS,
  ANSWERED_WAITING,
  CLIENT_WORDS,
  CLIENTS,
  CLIENTS_WORDS,
  HOST,
  KEPT_CLIENTS,
  LAST_SYN_ACK,
  LEFT_OUT_NS,
  LOG_SPACING_NS,
  LOGGED_NS,
  MOST_ANSWERED,
  MOST_QUEUED,
  MOST_WAITING,
  PORT,
  PORT_WORDS,
  QUEUE_ENTRIES,
  QUEUED_CLIENT,
  QUEUED_DOUBLES,
  QUEUED_FRAME,
  QUEUED_NS,
  QUEUED_PORT,
  ROUND_TRIP_NS,
  ROUND_TRIPS,
  SYN_ACKS,
} from '../layout/ports';
import { isOf, mix, NONE, seed, setAddress } from './values';

// --- what plain-packets.ts tells beforehand ---

export let portIndex: usize = 0;
export let portIndexMask: i32 = 0;
export let portRows: usize = 0;
export let portClients: usize = 0;
export let logQueue: usize = 0;
export let answered: usize = 0;

const PORT_BYTES: usize = PORT_WORDS * 4;

/** The row of a port that answered before; 0: it is not known. */
export function findPort(host: i32, port: i32): usize {
  let at = mix(mix(seed, host), port) & portIndexMask;
  let number = NONE;
  do {
    number = load<i32>(portIndex + (<usize>at << 2));
    const row = portRows + <usize>number * PORT_BYTES;
    if (number !== NONE && load<i32>(row, HOST * 4) === host && load<i32>(row, PORT * 4) === port) return row;
    at = (at + 1) & portIndexMask;
  } while (number !== NONE);
  return 0;
}

/** True if a SYN-ACK can be noted: it is not the first one, and what it leaves to be done has room to wait. */
export function canNoteSynAck(row: usize): bool {
  if (load<i32>(row, SYN_ACKS * 4) === 0 || load<f64>(logQueue) === MOST_QUEUED) return false;
  const hasRoom = load<i32>(answered, ANSWERED_WAITING * 4) + 1 < MOST_WAITING;
  return hasRoom || load<i32>(answered, ANSWERED_COUNT * 4) === MOST_ANSWERED;
}

function portNumberOf(row: usize): i32 {
  return <i32>((row - portRows) / PORT_BYTES);
}

/** Notes a SYN-ACK to a client, which is told by its address. */
export function noteSynAck(row: usize, client: i32, timeNs: f64, frame: f64): void {
  store<i32>(row, load<i32>(row, SYN_ACKS * 4) + 1, SYN_ACKS * 4);
  store<f64>(row, timeNs, LAST_SYN_ACK * 8);
  store<f64>(row, frame, (LAST_SYN_ACK + 1) * 8);
  log(row, client, timeNs, frame);
  if (load<i32>(row, CLIENTS * 4) < KEPT_CLIENTS) noteClient(row, client);
  if (load<i32>(answered, ANSWERED_COUNT * 4) === MOST_ANSWERED) return;
  const waiting = load<i32>(answered, ANSWERED_WAITING * 4);
  const pair = answered + (<usize>waiting << 3);
  store<i32>(pair, client, ANSWERED_PAIRS * 4);
  store<i32>(pair, portNumberOf(row) + 1, (ANSWERED_PAIRS + 1) * 4);
  store<i32>(answered, waiting + 1, ANSWERED_WAITING * 4);
}

function log(row: usize, client: i32, timeNs: f64, frame: f64): void {
  if (abs(timeNs - load<f64>(row, LOGGED_NS * 8)) < LOG_SPACING_NS) {
    if (timeNs > load<f64>(row, LEFT_OUT_NS * 8)) store<f64>(row, timeNs, LEFT_OUT_NS * 8);
    return;
  }
  store<f64>(row, timeNs, LOGGED_NS * 8);
  const count = load<f64>(logQueue);
  const entry = logQueue + ((QUEUE_ENTRIES + <i32>count * QUEUED_DOUBLES) << 3);
  store<f64>(entry, timeNs, QUEUED_NS * 8);
  store<f64>(entry, frame, QUEUED_FRAME * 8);
  store<i32>(entry, portNumberOf(row), QUEUED_PORT * 4);
  store<i32>(entry, client, QUEUED_CLIENT * 4);
  store<f64>(logQueue, count + 1);
}

function noteClient(row: usize, client: i32): void {
  const clients = load<i32>(row, CLIENTS * 4);
  let at = portClients + <usize>portNumberOf(row) * (CLIENTS_WORDS * 4);
  for (let count = 0; count < clients; count++) {
    if (isOf(at, client)) return;
    at += CLIENT_WORDS * 4;
  }
  setAddress(at, client);
  store<i32>(row, clients + 1, CLIENTS * 4);
}

export function noteAccepted(row: usize, roundTripNs: f64): void {
  store<i32>(row, load<i32>(row, ACCEPTED * 4) + 1, ACCEPTED * 4);
  store<i32>(row, load<i32>(row, ROUND_TRIPS * 4) + 1, ROUND_TRIPS * 4);
  if (roundTripNs < load<f64>(row, ROUND_TRIP_NS * 8)) store<f64>(row, roundTripNs, ROUND_TRIP_NS * 8);
}

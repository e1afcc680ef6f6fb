/**
 * What applications are told about a failed handshake, per operating system; and, the other way round, which causes
 * stand behind an error. What programs print for it is recognised in error-messages.ts.
 */
import { type ApplicationErrorKind, CATALOGUE, type CauseId, describeCause } from './catalogue.js';
import {
  SYSTEMS,
  type System,
  type SystemError,
  type SystemErrorName,
  systemError,
} from './descriptions/system-errors.js';

/** Names of the error that connect() ends with, when no time limit of the program's own comes first. */
export interface ApplicationError {
  linux: string;
  macos: string;
  /** With its number, as Windows programs print it. */
  windows: string;
}

/** Which error each system raises: Linux, macOS, Windows. */
type Errors = readonly [linux: SystemErrorName, macos: SystemErrorName, windows: SystemErrorName];

const RESET: Errors = ['ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED'];
const SILENCE: Errors = ['ETIMEDOUT', 'ETIMEDOUT', 'ETIMEDOUT'];
const NEIGHBOR: Errors = ['EHOSTUNREACH', 'EHOSTDOWN', 'ETIMEDOUT'];

/**
 * ICMP errors by IP version and type/code, during SYN-SENT. Linux: icmp_err_convert in net/ipv4/icmp.c, tab_unreach in
 * net/ipv6/icmp.c. macOS: tcp_ctlinput in bsd/netinet/tcp_subr.c drops the connection at once where it says
 * ECONNREFUSED here, and keeps EHOSTUNREACH as a soft error that it raises after a few more SYNs. Windows ignores them all.
 */
const BY_ICMP: Readonly<Record<string, Errors>> = {
  '4 3/0': ['ENETUNREACH', 'EHOSTUNREACH', 'ETIMEDOUT'],
  '4 3/1': ['EHOSTUNREACH', 'EHOSTUNREACH', 'ETIMEDOUT'],
  '4 3/2': ['ENOPROTOOPT', 'ECONNREFUSED', 'ETIMEDOUT'],
  '4 3/3': ['ECONNREFUSED', 'ECONNREFUSED', 'ETIMEDOUT'],
  '4 3/9': ['ENETUNREACH', 'ECONNREFUSED', 'ETIMEDOUT'],
  '4 3/10': ['EHOSTUNREACH', 'ECONNREFUSED', 'ETIMEDOUT'],
  '4 3/13': ['EHOSTUNREACH', 'ECONNREFUSED', 'ETIMEDOUT'],
  '4 11/0': ['EHOSTUNREACH', 'ETIMEDOUT', 'ETIMEDOUT'],
  '6 1/0': ['ENETUNREACH', 'EHOSTUNREACH', 'ETIMEDOUT'],
  '6 1/1': ['EACCES', 'ECONNREFUSED', 'ETIMEDOUT'],
  '6 1/3': ['EHOSTUNREACH', 'EHOSTUNREACH', 'ETIMEDOUT'],
  '6 1/4': ['ECONNREFUSED', 'ECONNREFUSED', 'ETIMEDOUT'],
  '6 1/5': ['EACCES', 'ETIMEDOUT', 'ETIMEDOUT'],
  '6 1/6': ['EACCES', 'ETIMEDOUT', 'ETIMEDOUT'],
  '6 3/0': ['EHOSTUNREACH', 'ETIMEDOUT', 'ETIMEDOUT'],
};

/** The ICMP errors that each cause of kind 'icmp' is about, as keys of BY_ICMP. */
const ICMP_OF_CAUSE: Partial<Record<CauseId, readonly string[]>> = {
  'admin-prohibited': ['4 3/9', '4 3/10', '4 3/13', '6 1/1', '6 1/5'],
  'reject-port-unreachable': ['4 3/3', '6 1/4'],
  'reject-protocol-unreachable': ['4 3/2'],
  'host-unreachable': ['4 3/1', '6 1/3'],
  'network-unreachable': ['4 3/0', '6 1/0', '6 1/6'],
  'routing-loop': ['4 11/0', '6 3/0'],
};

/** Causes behind an error that no rule above leads to, because it is raised after connect(), or by the program itself. */
const FURTHER_CAUSES: Partial<Record<SystemErrorName, readonly CauseId[]>> = {
  ECONNRESET: ['reset-after-syn-ack'],
  // Under their own time limits, programs report what looks like the system's.
  ETIMEDOUT: ['client-gave-up'],
};

/** What an ICMP error is, as far as systems look at it. */
export interface IcmpKind {
  version: 4 | 6;
  type: number;
  code: number;
}

/**
 * What connect() ends with on each system, if the program is patient; null where its system
 * reports none. `icmp` is asked for
 * by the kind 'icmp'; for an ICMP error that systems don't act upon, the attempt ends in silence.
 */
export function applicationError(kind: ApplicationErrorKind, icmp?: IcmpKind): ApplicationError | null {
  switch (kind) {
    case 'none':
    case 'own-limit':
      return null;
    case 'reset':
      return name(RESET);
    case 'silence':
      return name(SILENCE);
    case 'neighbor':
      return name(NEIGHBOR);
    case 'icmp':
      return name((icmp && BY_ICMP[`${icmp.version} ${icmp.type}/${icmp.code}`]) ?? SILENCE);
  }
}

function name([linux, macos, windows]: Errors): ApplicationError {
  const { windowsName, windowsNumber } = systemError(windows);
  return { linux, macos, windows: `${windowsName} (${windowsNumber})` };
}

/**
 * The causes that an application may know as this error, on any system or on the one given, in the order of the
 * catalogue.
 *
 * @example
 * const error = findSystemError('connect: network is unreachable');
 * if (error !== undefined) causesOf(error) // ['admin-prohibited', 'network-unreachable']
 */
export function causesOf(error: SystemError, system?: System): CauseId[] {
  const systems = system === undefined ? SYSTEMS : [system];
  return CATALOGUE.map(({ id }) => id).filter(
    (cause) =>
      errorsOf(cause).some(({ errors }) => systems.some((each) => errors[SYSTEMS.indexOf(each)] === error.name)) ||
      FURTHER_CAUSES[error.name as SystemErrorName]?.includes(cause),
  );
}

/** An error that a cause ends in on one system. */
export interface ErrorOfCause {
  error: SystemError;
  /** The ICMP errors that it comes after, as type/code with the version of IP before them, if it depends on that. */
  after: readonly string[];
}

/**
 * What connect() ends with for a cause on a system, if the program is patient: more than one where it depends on the
 * ICMP error that came, none where no attempt fails.
 */
export function errorsOfCause(cause: CauseId, system: System): ErrorOfCause[] {
  const found = new Map<SystemErrorName, string[]>();
  for (const { errors, icmp } of errorsOf(cause)) {
    const name = errors[SYSTEMS.indexOf(system)];
    found.set(name, [...(found.get(name) ?? []), ...(icmp === undefined ? [] : [icmp])]);
  }
  return [...found].map(([name, after]) => ({ error: systemError(name), after: found.size > 1 ? after : [] }));
}

function errorsOf(cause: CauseId): readonly { errors: Errors; icmp?: string }[] {
  switch (describeCause(cause).applicationError) {
    case 'none':
    case 'own-limit':
      return [];
    case 'reset':
      return [{ errors: RESET }];
    case 'silence':
      return [{ errors: SILENCE }];
    case 'neighbor':
      return [{ errors: NEIGHBOR }];
    case 'icmp':
      return (ICMP_OF_CAUSE[cause] ?? []).map((icmp) => ({ errors: BY_ICMP[icmp], icmp }));
  }
}

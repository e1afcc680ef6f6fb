/** Every situation of the lab. */
import type { Situation } from '../situation.js';
import { aborted } from './aborted.js';
import { beforeAnySyn } from './before-any-syn.js';
import { endings } from './endings.js';
import { endpointFirewalls } from './endpoint-firewalls.js';
import { established } from './established.js';
import { filtered } from './filtered.js';
import { inconclusive } from './inconclusive.js';
import { middlebox } from './middlebox.js';
import { mirrors } from './mirrors.js';
import { names } from './names.js';
import { nearMisses } from './near-misses.js';
import { oddities } from './oddities.js';
import { outages } from './outages.js';
import { refused } from './refused.js';
import { selective } from './selective.js';
import { timedOut } from './timed-out.js';

import { translations } from './translations.js';

export const SITUATIONS: readonly Situation[] = [
  ...established,
  ...refused,
  ...filtered,
  ...timedOut,
  ...selective,
  ...middlebox,
  ...endpointFirewalls,
  ...outages,
  ...endings,
  ...oddities,
  ...translations,
  ...names,
  ...beforeAnySyn,
  ...nearMisses,
  ...mirrors,
  ...aborted,
  ...inconclusive,
];

// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What the browser knows of the two connections, as the counts since the last look that the server wants
 * in a report. What a browser does not know is left out.
 */

/** @typedef {Record<string, number>} Counts */

/** Running totals; only their growth is reported. */
const TOTALS = {
  down: ['audio_samples', 'concealed_samples', 'audio_packets', 'audio_lost', 'video_bytes', 'video_packets', 'video_lost', 'frames', 'freeze_ms'],
  up: ['bandwidth_ms', 'cpu_ms', 'packets', 'lost'],
};

/** Never falls while a connection lasts. */
const PACKETS = { down: 'audio_packets', up: 'packets' };
const PICTURES = new Set(['video_bytes', 'video_packets', 'video_lost', 'frames', 'freeze_ms']);
/** May fall: late packets are taken out again. */
const SIGNED = new Set(['audio_lost', 'video_lost']);

/** Of the clock that says when something was seen, so that a late report is known to be late. */
const BEGUN = Math.floor(performance.timeOrigin);

export class Stats {
  /** @type {Record<string, Counts>} totals at the last look that was told, and at the last one */
  #told = { down: {}, up: {} };
  #now = { ...this.#told };
  /** How loud what was heard has been, added up: full scale squared times seconds, by track. @type {Counts} */
  energies = {};

  /**
   * @param {RTCPeerConnection | null} down
   * @param {RTCPeerConnection | null} up
   * @returns {Promise<{down?: Counts, up?: Counts}>}
   */
  async look(down, up) {
    const [received, sent] = await Promise.all([down?.getStats(), up?.getStats()]);
    const at = performance.now();
    const before = this.#told.down;
    if (received) this.energies = loudness(received);
    return {
      ...(received && { down: settled(freshRoundTrip(this.#growth('down', arriving(received), at), before)) }),
      ...(sent && { up: rates(this.#growth('up', leaving(sent), at)) }),
    };
  }

  /** The last look has reached the server: the next one counts from there, and nothing is ever left out. */
  told() {
    this.#told = { ...this.#now };
  }

  /** @param {"down" | "up"} way @param {Counts} now @param {number} at_ms */
  #growth(way, now, at_ms) {
    const before = this.#told[way];
    this.#now[way] = { ...now, at_ms };
    /* a new connection counts from nothing: that look is only a sign of life */
    const fresh = before.at_ms === undefined || now[PACKETS[way]] < before[PACKETS[way]];
    const span = fresh ? 0 : Math.min(60_000, Math.round(at_ms - before.at_ms));
    /* agreed on anew, some browsers count pictures from nothing: that look knows nothing of them */
    const anew = now.video_packets < before.video_packets;
    /** @type {Counts} */
    const out = { span_ms: span };
    for (const [key, value] of Object.entries(now)) {
      if (!TOTALS[way].includes(key)) out[key] = Math.round(value);
      else if (span > 0 && before[key] !== undefined && !(anew && PICTURES.has(key))) {
        const grown = Math.round(value - before[key]);
        out[key] = SIGNED.has(key) ? grown : Math.max(0, grown);
      }
    }
    return out;
  }
}

/**
 * A late packet was counted as lost before it came: it is taken out of both counts, so that their sum stays
 * what was sent. @param {Counts} counts @returns {Counts}
 */
function settled({ audio_packets, audio_lost, video_packets, video_lost, ...rest }) {
  return { ...rest, ...known({ ...both('audio', audio_packets, audio_lost), ...both('video', video_packets, video_lost) }) };
}

/** @param {string} kind @param {number | undefined} packets @param {number | undefined} lost */
function both(kind, packets, lost) {
  if (packets === undefined || lost === undefined) return {};
  return { [`${kind}_packets`]: Math.max(0, packets + Math.min(0, lost)), [`${kind}_lost`]: Math.max(0, lost) };
}

/** @param {RTCStatsReport} report @param {string} type @param {string} [kind] @returns {any[]} */
function all(report, type, kind) {
  return [...report.values()].filter((item) => item.type === type && (!kind || item.kind === kind));
}

/** @param {any[]} items @param {string} key @returns {number | undefined} */
function sum(items, key) {
  const values = items.map((item) => item[key]).filter((value) => typeof value === 'number');
  return values.length ? values.reduce((a, b) => a + b, 0) : undefined;
}

/** Of what every encoding of a camera tells, for it is about the same encoder. @param {any[]} items @param {string} key */
function most(items, key) {
  return Math.max(...items.map((item) => item[key] ?? NaN).filter(Number.isFinite));
}

/**
 * Of the checks answered since the last look, so that an old one is not told again as if it were new.
 * @param {Counts} counts @param {Counts} before @returns {Counts}
 */
function freshRoundTrip({ checks, checks_ms, ...rest }, before) {
  const n = checks - before.checks;
  return n > 0 ? { ...rest, rtt_ms: Math.min(60_000, Math.round((checks_ms - before.checks_ms) / n)) } : rest;
}

/** @param {RTCStatsReport} report */
function roundTrip(report) {
  const pair = all(report, 'candidate-pair').find((item) => item.nominated && item.state === 'succeeded');
  return pair?.currentRoundTripTime;
}

/** @param {Record<string, number | undefined>} values @returns {Counts} */
function known(values) {
  return /** @type {Counts} */ (
    Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)))
  );
}

/** @param {RTCStatsReport} report */
function arriving(report) {
  const audio = all(report, 'inbound-rtp', 'audio');
  const video = all(report, 'inbound-rtp', 'video');
  const concealed = sum(audio, 'concealedSamples');
  /* by the clock of the look itself: on a busy machine that is some time ago */
  const quiet = Math.min(...[...audio, ...video].map((item) => item.timestamp - (item.lastPacketReceivedTimestamp ?? -Infinity)));
  const pair = all(report, 'candidate-pair').find((item) => item.nominated && item.state === 'succeeded');
  return known({
    audio_samples: sum(audio, 'totalSamplesReceived'),
    concealed_samples: concealed === undefined ? undefined : concealed - (sum(audio, 'silentConcealedSamples') ?? 0),
    audio_packets: sum(audio, 'packetsReceived'),
    audio_lost: sum(audio, 'packetsLost'),
    video_bytes: (sum(video, 'bytesReceived') ?? NaN) + (sum(video, 'headerBytesReceived') ?? 0),
    /* there from the first packet on */
    video_packets: sum(video, 'packetsReceived') ?? 0,
    video_lost: sum(video, 'packetsLost') ?? 0,
    frames: sum(video, 'framesDecoded'),
    freeze_ms: 1000 * (sum(video, 'totalFreezesDuration') ?? NaN),
    checks: pair?.responsesReceived,
    checks_ms: 1000 * (pair?.totalRoundTripTime ?? NaN),
    quiet_ms: quiet >= 0 && quiet <= 60_000 ? quiet : NaN,
    at_ms: 1 + ((audio[0] ?? video[0])?.timestamp - BEGUN) % 2 ** 31,
  });
}

/** @param {RTCStatsReport} report @returns {Counts} */
function loudness(report) {
  const voices = all(report, 'inbound-rtp', 'audio').filter((item) => item.trackIdentifier && item.totalAudioEnergy >= 0);
  return Object.fromEntries(voices.map((item) => [item.trackIdentifier, item.totalAudioEnergy]));
}

/** @param {RTCStatsReport} report */
function leaving(report) {
  const video = all(report, 'outbound-rtp', 'video');
  const far = all(report, 'remote-inbound-rtp');
  /* among several encodings those that are switched off count as limited by the link */
  const limits = video.map((item) => item.qualityLimitationDurations ?? {});
  const pair = all(report, 'candidate-pair').find((item) => item.nominated);
  const rtt = Math.min(...far.map((item) => item.roundTripTime ?? Infinity));
  return known({
    available_kbps: (pair?.availableOutgoingBitrate ?? NaN) / 1000,
    rtt_ms: Math.min(60_000, 1000 * (Number.isFinite(rtt) ? rtt : (roundTrip(report) ?? NaN))),
    fps: Math.min(240, most(video, 'framesPerSecond')),
    bandwidth_ms: video.length === 1 ? 1000 * most(limits, 'bandwidth') : NaN,
    cpu_ms: 1000 * most(limits, 'cpu'),
    packets: sum(all(report, 'outbound-rtp'), 'packetsSent'),
    lost: sum(far, 'packetsLost'),
  });
}

/** Times and numbers of packets, as the shares that the server asks for. @param {Counts} counts @returns {Counts} */
function rates({ bandwidth_ms, cpu_ms, packets, lost, ...rest }) {
  /** @param {number} part @param {number} whole */
  const share = (part, whole) => (whole > 0 ? Math.min(1000, Math.max(0, Math.round((1000 * part) / whole))) : NaN);
  return known({
    ...rest,
    lost_permille: share(lost, packets),
    bandwidth_permille: share(bandwidth_ms, rest.span_ms),
    cpu_permille: share(cpu_ms, rest.span_ms),
  });
}

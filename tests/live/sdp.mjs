// SPDX-License-Identifier: GPL-3.0-or-later
/** Media descriptions as a browser of today writes them. Nobody connects by them: there is no media behind. */

const FINGERPRINT = Array.from({ length: 32 }, (_, i) => (i * 7 % 256).toString(16).padStart(2, '0').toUpperCase()).join(':');
const VIDEO_CODECS = [
  ['96', 'VP8'], ['97', 'rtx', '96'], ['98', 'VP9'], ['99', 'rtx', '98'], ['102', 'H264'], ['103', 'rtx', '102'],
  ['45', 'AV1'], ['46', 'rtx', '45'], ['114', 'red'], ['115', 'rtx', '114'], ['116', 'ulpfec'],
];
const FEEDBACK = ['goog-remb', 'transport-cc', 'ccm fir', 'nack', 'nack pli'];
const EXTENSIONS = {
  audio: [
    [1, 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'],
    [2, 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time'],
    [3, 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01'],
    [4, 'urn:ietf:params:rtp-hdrext:sdes:mid'],
  ],
  video: [
    [14, 'urn:ietf:params:rtp-hdrext:toffset'],
    [2, 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time'],
    [13, 'urn:3gpp:video-orientation'],
    [3, 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01'],
    [4, 'urn:ietf:params:rtp-hdrext:sdes:mid'],
    [10, 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id'],
    [11, 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id'],
  ],
};

/** @param {string} ufrag @param {string} setup */
const transport = (ufrag, setup) => [
  'c=IN IP4 0.0.0.0', 'a=rtcp:9 IN IP4 0.0.0.0', `a=ice-ufrag:${ufrag}`, 'a=ice-pwd:0123456789abcdefghijklmn',
  'a=ice-options:trickle', `a=fingerprint:sha-256 ${FINGERPRINT}`, `a=setup:${setup}`,
];

/** @param {string} id @param {string} text */
const candidate = (id, text) => `a=candidate:${id} 1 udp 2113937151 ${text} 50000 typ host generation 0 network-cost 999`;

/** @param {'audio' | 'video'} kind */
const extensions = (kind) => EXTENSIONS[kind].map(([id, uri]) => `a=extmap:${id} ${uri}`);

function audioCodecs() {
  return ['a=rtpmap:111 opus/48000/2', 'a=rtcp-fb:111 transport-cc', 'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtpmap:63 red/48000/2', 'a=fmtp:63 111/111', 'a=rtpmap:9 G722/8000', 'a=rtpmap:0 PCMU/8000'];
}

function videoCodecs() {
  return VIDEO_CODECS.flatMap(([type, name, apt]) => [
    `a=rtpmap:${type} ${name}/90000`,
    ...(apt ? [`a=fmtp:${type} apt=${apt}`] : FEEDBACK.map((line) => `a=rtcp-fb:${type} ${line}`)),
  ]);
}

/** One size has its SSRCs here; several have names instead, and all but the first are off. @param {string[]} rids */
function layers(rids) {
  if (rids.length === 0) return ['a=ssrc-group:FID 2001 2002', 'a=ssrc:2001 cname:c', 'a=ssrc:2002 cname:c'];
  return [...rids.map((rid) => `a=rid:${rid} send`), `a=simulcast:send ${rids.map((rid, i) => (i > 0 ? `~${rid}` : rid)).join(';')}`];
}

/**
 * A publisher's offer, as Chromium writes it.
 * @param {{version?: number, ufrag?: string, camera?: boolean, direction?: string, rids?: string[], extra?: string[]}} [options] rids:
 * the names of the camera's layers
 */
export function publishOffer({ version = 2, ufrag = 'abcd', camera = true, direction = 'sendonly', rids = [], extra = [] } = {}) {
  const lines = [
    'v=0', `o=- 4611731400430051336 ${version} IN IP4 127.0.0.1`, 's=-', 't=0 0', `a=group:BUNDLE ${camera ? '0 1' : '0'}`,
    'a=extmap-allow-mixed', 'a=msid-semantic: WMS stream',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0', ...transport(ufrag, 'actpass'), 'a=mid:0', ...extensions('audio'),
    `a=${direction}`, 'a=msid:stream microphone', 'a=rtcp-mux', ...audioCodecs(),
    'a=ssrc:1001 cname:c', 'a=ssrc:1001 msid:stream microphone', candidate('1', 'a0b1c2d3.local'),
  ];
  if (camera) {
    lines.push(`m=video 9 UDP/TLS/RTP/SAVPF ${VIDEO_CODECS.map(([type]) => type).join(' ')}`, ...transport(ufrag, 'actpass'),
      'a=mid:1', ...extensions('video'), `a=${direction}`, 'a=msid:stream camera', 'a=rtcp-mux', 'a=rtcp-rsize',
      ...videoCodecs(), ...layers(rids));
  }
  return { type: 'offer', sdp: `${[...lines, ...extra].join('\r\n')}\r\n` };
}

/** The m-lines of a description, each with its lines. @param {string} sdp */
export function sections(sdp) {
  return sdp.split(/\r\n(?=m=)/).slice(1).map((text) => text.split('\r\n').filter(Boolean));
}

/** The value of an attribute in a section, "" for a flag, undefined if it is not there. @param {string[]} section @param {string} name */
export function attribute(section, name) {
  const line = section.find((l) => l === `a=${name}` || l.startsWith(`a=${name}:`));
  return line?.slice(name.length + 3);
}

/**
 * A browser's answer to a receiver's offer: it takes every m-line.
 * @param {string} offer @param {{ufrag?: string, direction?: string}} [options]
 */
export function receiveAnswer(offer, { ufrag = 'wxyz', direction = 'recvonly' } = {}) {
  const mlines = sections(offer);
  const lines = ['v=0', 'o=- 77 2 IN IP4 127.0.0.1', 's=-', 't=0 0',
    `a=group:BUNDLE ${mlines.map((section) => attribute(section, 'mid')).join(' ')}`];
  for (const section of mlines) {
    const [media, , , type] = section[0].slice(2).split(' ');
    lines.push(`m=${media} 9 UDP/TLS/RTP/SAVPF ${type}`, ...transport(ufrag, 'active'), `a=mid:${attribute(section, 'mid')}`,
      ...section.filter((line) => line.startsWith('a=extmap:')), `a=${direction}`, 'a=rtcp-mux',
      ...section.filter((line) => /^a=(rtpmap|rtcp-fb|fmtp):/.test(line)));
  }
  return { type: 'answer', sdp: `${lines.join('\r\n')}\r\n` };
}

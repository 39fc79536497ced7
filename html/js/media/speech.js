// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How speech is put into packets. The server's answer says what suits every link; here it is made to say
 * what suits this one, and only the browser's own encoder hears of it.
 */

/** @typedef {{kbps: number, ptime: number, fec: boolean, dtx: boolean, red?: boolean}} Speech */

/**
 * The answer with another packet length and other Opus parameters in its audio section.
 * @param {RTCSessionDescriptionInit} answer
 * @param {Speech} speech
 * @returns {RTCSessionDescriptionInit}
 */
export function withSpeech(answer, { ptime, fec, dtx, red }) {
  const sections = String(answer.sdp).split(/(?=^m=)/m);
  const sdp = sections.map((section) => {
    if (!section.startsWith('m=audio ')) return section;
    const bare = section.replace(/^a=(?:ptime|maxptime):.*\r\n/gm, '');
    const dressed = bare
      .replace(/;useinbandfec=\d/g, `;useinbandfec=${Number(fec)}`)
      .replace(/;usedtx=\d/g, `;usedtx=${Number(dtx)}`);
    const ordered = red ? redFirst(dressed) : dressed;
    return `${ordered}a=ptime:${ptime}\r\na=maxptime:${Math.max(60, ptime)}\r\n`;
  });
  return { type: answer.type, sdp: sdp.join('') };
}

/** Each packet repeats the speech of the one before, if the answer knows how. @param {string} section */
function redFirst(section) {
  const [, type] = section.match(/^a=rtpmap:(\d+) red\/48000\/2\r$/m) ?? [];
  return type ? section.replace(new RegExp(`^(m=audio \\S+ \\S+)(.*) ${type}\\b`), `$1 ${type}$2`) : section;
}

/**
 * Caps the encoder of speech; takes effect at once.
 * @param {RTCRtpSender} sender
 * @param {Speech} speech
 */
export async function capSpeech(sender, { kbps }) {
  const parameters = sender.getParameters();
  if (!parameters.encodings?.length) return;
  parameters.encodings[0].maxBitrate = 1000 * kbps;
  /* refused while the line is being closed or agreed on anew: the next change puts it right */
  await sender.setParameters(parameters).catch(() => {});
}

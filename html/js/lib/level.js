// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How loud a microphone is, ten times a second, for a meter. Nothing is kept.
 * @param {MediaStreamTrack} track
 * @param {(level: number) => void} onlevel from 0 to 1
 * @returns {() => void} stops it
 */
export function watchLevel(track, onlevel) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  void context.resume().catch(() => {});
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    /* from -60 dB (silence) to -12 dB (loud speech) */
    const decibel = 10 * Math.log10(sum / samples.length + 1e-9);
    onlevel(Math.min(1, Math.max(0, (decibel + 60) / 48)));
  }, 100);
  return () => {
    clearInterval(timer);
    void context.close().catch(() => {});
  };
}
